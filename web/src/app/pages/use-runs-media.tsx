/** Media of several runs inside the workspace, whose code comes without media. */
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback } from "react";
import type { ShownMedia } from "@/features/workspace/components/panel";
import { useStable } from "@/lib/use-stable";
import { readWhole } from "./media-search";

const RunsMedia = lazy(async () => {
  const { RunsMedia: panel } = await import("@/features/media/components/runs-media");
  return { default: panel };
});

/** @param at The step that all panels of media show, as the address has it. */
export function useRunsMedia(at: string | undefined): (shown: ShownMedia) => React.ReactNode {
  const navigate = useNavigate();
  const step = readWhole(at);
  // Steps that were passed by are no places to come back to.
  const onStep = useStable((next: number | null) => {
    const text = next === null ? undefined : String(next);
    void navigate({ to: ".", search: (old) => ({ ...old, at: text }), replace: true });
  });
  const open = useStable((shown: ShownMedia, run: string, found: number, item: number) => {
    void navigate({
      to: "/$entity/$project/runs/$run/media",
      params: { ...shown.project, run },
      search: { open: shown.mediaKey, step: String(found), item: String(item + 1) },
    });
  });
  return useCallback(
    (shown: ShownMedia) => (
      <Suspense>
        <RunsMedia
          {...shown}
          step={step}
          onStep={onStep}
          onOpen={(run, found, item) => open(shown, run, found, item)}
          renderRunLink={(run, children) => (
            <Link
              to="/$entity/$project/runs/$run/media"
              params={{ ...shown.project, run }}
              search={{ q: shown.mediaKey }}
            >
              {children}
            </Link>
          )}
          renderFileLink={(run, path, children) => (
            <Link
              to="/$entity/$project/runs/$run/files/$"
              params={{ ...run, _splat: path }}
              search={{}}
            >
              {children}
            </Link>
          )}
        />
      </Suspense>
    ),
    [step, onStep, open],
  );
}
