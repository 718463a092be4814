/** The command palette: what opens it, and what it offers besides what the server finds. */
import { useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { createContext, lazy, type ReactNode, Suspense, use, useMemo, useState } from "react";
import { useSignOut } from "@/features/auth/queries";
import type { Option } from "@/features/palette/model";
import { forgetAllVisits, readRecent } from "@/features/palette/recent";
import { copyText } from "@/lib/copy-text";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/lib/language";
import { listPaletteActions, type PaletteAction, usePaletteActions } from "@/lib/palette-actions";
import { setThemeChoice, useThemeChoice } from "@/lib/theme";
import { useStable } from "@/lib/use-stable";
import { useToast } from "@/ui/toast";
import { homePlaces, isAt, type Place, placesAt } from "../places";
import { themeOptions } from "./theme-options";

const loadPalette = () => import("@/features/palette/components/palette");
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));

interface PaletteControl {
  open: () => void;
  /** It will be wanted in a moment. */
  prepare: () => void;
}

const PaletteContext = createContext<PaletteControl | null>(null);

export function usePalette(): PaletteControl {
  const control = use(PaletteContext);
  if (control === null) throw new Error("There is no palette above this component.");
  return control;
}

interface Offered {
  recent: readonly Option[];
  actions: readonly Option[];
}

export function PaletteHost({ children }: { children: ReactNode }) {
  const m = useMessages();
  const navigate = useNavigate();
  const where = useParams({ strict: false });
  // Read when it opens: neither changes while it is open.
  const [offered, setOffered] = useState<Offered | null>(null);
  const [hasBeenOpen, setHasBeenOpen] = useState(false);
  const toast = useToast();
  // Its code comes first: where it does not, the page is left as it is.
  const open = useStable(async () => {
    try {
      await loadPalette();
    } catch {
      toast({ kind: "error", title: m.errors.title, detail: m.errors.pageMissingHint });
      return;
    }
    setOffered({ recent: readRecent(), actions: listPaletteActions().map(toOption) });
    setHasBeenOpen(true);
  });
  const control = useMemo(
    () => ({
      open: () => void open(),
      prepare: () => void loadPalette().catch(() => undefined),
    }),
    [open],
  );
  useShortcuts({ "Mod+k": { does: m.palette.title, run: control.open } });
  useFrameActions();

  const onGo = (href: string, isNewTab: boolean) => {
    if (isNewTab) window.open(href, "_blank", "noopener");
    else void navigate({ href });
  };
  const isInProject = where.entity !== undefined && where.project !== undefined;
  const places = [...placesAt(where, m), ...(isInProject ? homePlaces(m) : [])];
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const here = places
    .filter((place) => !isAt(place, pathname))
    .map((place) => {
      // The project has a storage, and so has the server.
      const isAmbiguous = places.filter(({ label }) => label === place.label).length > 1;
      return { ...placeOption(place), ...(isAmbiguous && { detail: place.href }) };
    });
  const now = [
    pathname,
    ...places.filter((place) => isAt(place, pathname)).map(({ href }) => href),
  ];
  return (
    <PaletteContext value={control}>
      {children}
      {hasBeenOpen && (
        <Suspense>
          <Palette
            isOpen={offered !== null}
            onClose={() => setOffered(null)}
            recent={(offered?.recent ?? []).filter((option) => !leadsTo(option, now))}
            actions={offered?.actions ?? []}
            here={here}
            onGo={onGo}
          />
        </Suspense>
      )}
    </PaletteContext>
  );
}

/** What can be done everywhere. */
function useFrameActions(): void {
  const m = useMessages();
  const navigate = useNavigate();
  const toast = useToast();
  const signOut = useSignOut();
  const theme = useThemeChoice();
  const language = useLanguage();
  const copyLink = async () => {
    const isCopied = await copyText(window.location.href);
    toast(
      isCopied
        ? { title: m.palette.linkCopied }
        : { title: m.palette.copyFailed, detail: window.location.href, kind: "error" },
    );
  };
  usePaletteActions([
    { id: "copy-link", label: m.palette.copyLink, run: () => void copyLink() },
    ...themeOptions(m)
      .filter(({ value }) => value !== theme)
      .map(({ value, label }) => ({
        id: `theme-${value}`,
        label: m.palette.theme(label),
        run: () => setThemeChoice(value),
      })),
    ...LANGUAGES.filter(({ value }) => value !== language).map(({ value, label }) => ({
      id: `language-${value}`,
      label: m.palette.language(label),
      // Whoever cannot read this language looks for theirs by its English name.
      keywords: `language ${value === "ko" ? "korean" : value === "zh" ? "chinese" : "english"}`,
      run: () => void chooseLanguage(value),
    })),
    { id: "new-key", label: m.palette.newKey, run: () => void navigate({ to: "/authorize" }) },
    {
      id: "sign-out",
      label: m.account.signOut,
      run: () => {
        forgetAllVisits();
        signOut.mutate();
      },
    },
  ]);
}

/** Going where one is would be no help. */
function leadsTo({ does }: Option, hrefs: readonly string[]): boolean {
  return "href" in does && hrefs.includes(does.href);
}

function toOption({ id, label, keywords, shortcut, run }: PaletteAction): Option {
  return { id: `action:${id}`, kind: "action", label, keywords, shortcut, does: { run } };
}

function placeOption({ href, label, icon }: Place): Option {
  return { id: `page:${href}`, kind: "page", label, icon, does: { href } };
}
