import { useRef } from "react";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { IconButton } from "@/ui/button";
import styles from "./shell.module.css";

/** The sheet of keys, opened by `?`. */
export function KeyboardHelp() {
  const m = useMessages();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => dialog.current?.showModal();
  useShortcuts({ "?": { does: m.keyboard.help, run: open } });
  const keys = [
    ["/", m.keyboard.search],
    ["j", m.keyboard.next],
    ["k", m.keyboard.previous],
    ["v", m.keyboard.eye],
    ["o", m.keyboard.open],
    ["?", m.keyboard.help],
  ];
  return (
    <>
      <IconButton icon="keyboard" label={m.keyboard.title} onClick={open} />
      <dialog ref={dialog} className={styles.sheet} aria-label={m.keyboard.title}>
        <header className={styles.sheetHeader}>
          <h2>{m.keyboard.title}</h2>
          <IconButton icon="close" label={m.app.close} onClick={() => dialog.current?.close()} />
        </header>
        <dl className={styles.keys}>
          {keys.map(([key, meaning]) => (
            <div key={key}>
              <dt>{meaning}</dt>
              <dd>
                <kbd>{key}</kbd>
              </dd>
            </div>
          ))}
        </dl>
      </dialog>
    </>
  );
}
