/** ⌘K: any project, any run, any page of where one is, and what can be done here. */
import { Dialog } from "@base-ui/react/dialog";
import { useMemo, useRef, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { showKey } from "@/lib/keyboard";
import { type Found, findOptions, type GroupName, type Option } from "../model";
import styles from "../palette.module.css";
import { useSearch } from "../queries";
import { Finder } from "./finder";

export interface PaletteProps {
  isOpen: boolean;
  onClose: () => void;
  /** Where the person was before, latest first. */
  recent: readonly Option[];
  /** Pages of this project or run. */
  here: readonly Option[];
  actions: readonly Option[];
  onGo: (href: string, isNewTab: boolean) => void;
}

export function Palette(props: PaletteProps) {
  const { isOpen, onClose } = props;
  const m = useMessages();
  const input = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.palette} initialFocus={input}>
          <Dialog.Title className="visually-hidden">{m.palette.title}</Dialog.Title>
          <PaletteBody {...props} inputRef={input} />
          <footer className={styles.footer} aria-hidden="true">
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> {m.palette.choose}
            </span>
            <span>
              <kbd>↵</kbd> {m.palette.open}
            </span>
            <span>
              <kbd>{showKey("Mod+↵")}</kbd> {m.palette.newTab}
            </span>
          </footer>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface PaletteBodyProps extends PaletteProps {
  inputRef: React.RefObject<HTMLInputElement | null>;
}

/** Begins anew each time it is opened. */
function PaletteBody({ recent, here, actions, onClose, onGo, inputRef }: PaletteBodyProps) {
  const m = useMessages();
  const [query, setQuery] = useState("");
  const { projects, runs, isLoading, error } = useSearch(query.trim());

  const groups = useMemo(() => {
    const isAsking = query.trim() !== "";
    const sources: { name: GroupName; options: readonly Option[] }[] = [
      { name: "recent", options: recent },
      { name: "here", options: here },
      { name: "projects", options: isAsking ? projects : [] },
      { name: "runs", options: isAsking ? runs : [] },
      { name: "actions", options: actions },
    ];
    return findOptions(sources, query);
  }, [query, recent, here, actions, projects, runs]);

  const onPick = ({ option: { does } }: Found, isNewTab: boolean) => {
    if ("href" in does) onGo(does.href, isNewTab);
    if (!isNewTab || "run" in does) onClose();
    if ("run" in does) does.run();
  };
  return (
    <Finder
      ref={inputRef}
      label={m.palette.title}
      placeholder={m.palette.placeholder}
      query={query}
      onQuery={setQuery}
      groups={groups.map(({ name, found }) => ({ heading: m.palette.groups[name], found }))}
      isLoading={isLoading}
      problem={error ? m.palette.failed : undefined}
      onPick={onPick}
    />
  );
}
