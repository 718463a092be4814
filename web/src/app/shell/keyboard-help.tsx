/** The sheet of keys, opened by `?`: what is registered at that moment, no more and no less. */
import { useState } from "react";
import { useMessages } from "@/lib/i18n";
import { listShortcuts, type ShortcutGroup, useShortcuts } from "@/lib/keyboard";
import { usePaletteActions } from "@/lib/palette-actions";
import { IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import styles from "./keyboard-help.module.css";

export function KeyboardHelp() {
  const m = useMessages();
  const [groups, setGroups] = useState<readonly ShortcutGroup[] | null>(null);
  const open = () => setGroups(listShortcuts());
  useShortcuts({ "?": { does: m.keyboard.help, run: open } });
  usePaletteActions([{ id: "keyboard", label: m.palette.keyboard, shortcut: "?", run: open }]);
  return (
    <>
      <IconButton icon="keyboard" label={m.keyboard.title} onClick={open} />
      <Dialog
        title={m.keyboard.title}
        size="large"
        isOpen={groups !== null}
        onClose={() => setGroups(null)}
      >
        <div className={styles.groups}>
          {groups?.map((group) => (
            <ShortcutTable key={group.heading ?? ""} group={group} />
          ))}
        </div>
      </Dialog>
    </>
  );
}

function ShortcutTable({ group: { heading, rows } }: { group: ShortcutGroup }) {
  const m = useMessages();
  return (
    <section className={styles.group}>
      <h3 className={styles.heading}>{heading ?? m.keyboard.everywhere}</h3>
      <dl>
        {rows.map(({ keys, does }) => (
          <div key={does} className={styles.row}>
            <dt>{does}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
