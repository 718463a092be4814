import { type KeyboardEvent, useState } from "react";
import { useMessages } from "@/lib/i18n";
import styles from "./description-editor.module.css";

interface DescriptionEditorProps {
  text: string;
  onSave: (text: string) => void;
}

const MAX_LENGTH = 65_536;

/** A click turns it into a field; leaving it or ⌘Enter saves, Escape leaves it as it was. */
export function DescriptionEditor({ text, onSave }: DescriptionEditorProps) {
  const m = useMessages();
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <button
        type="button"
        className={styles.description}
        title={m.artifacts.editDescription}
        onClick={() => setDraft(text)}
      >
        <span className="visually-hidden">{m.artifacts.editDescription}: </span>
        {text === "" ? (
          <span className={styles.placeholder}>{m.artifacts.addDescription}</span>
        ) : (
          <span dir="auto">{text}</span>
        )}
      </button>
    );
  }
  const finish = () => {
    setDraft(null);
    if (draft !== text) onSave(draft);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) finish();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    setDraft(null);
  };
  return (
    <textarea
      className={styles.field}
      aria-label={m.artifacts.description}
      // biome-ignore lint/a11y/noAutofocus: the person has just clicked to type
      autoFocus
      dir="auto"
      rows={Math.min(Math.max(draft.split("\n").length + 1, 3), 12)}
      maxLength={MAX_LENGTH}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={onKeyDown}
    />
  );
}
