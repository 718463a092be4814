import { type KeyboardEvent, useState } from "react";
import { useMessages } from "@/lib/i18n";
import styles from "./editors.module.css";

interface NameEditorProps {
  name: string;
  onRename: (name: string) => void;
}

/** The server's limit. */
const MAX_LENGTH = 512;

/** A name that a click turns into a field: Enter keeps what is written, Escape leaves it. */
export function NameEditor({ name, onRename }: NameEditorProps) {
  const m = useMessages();
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <button
        type="button"
        className={styles.name}
        title={`${name}\n${m.run.renameHint}`}
        aria-label={m.run.rename(name)}
        onClick={() => setDraft(name)}
      >
        <bdi>{name}</bdi>
      </button>
    );
  }
  const finish = () => {
    const wanted = draft.trim();
    setDraft(null);
    if (wanted !== "" && wanted !== name) onRename(wanted);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends the composition of a Korean or Chinese word.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") finish();
    if (event.key === "Escape") setDraft(null);
  };
  return (
    <input
      className={styles.nameField}
      aria-label={m.run.name}
      // biome-ignore lint/a11y/noAutofocus: the person has just clicked to type
      autoFocus
      dir="auto"
      maxLength={MAX_LENGTH}
      value={draft}
      spellCheck={false}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={finish}
      onKeyDown={onKeyDown}
    />
  );
}
