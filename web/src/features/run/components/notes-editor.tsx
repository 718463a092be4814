import { type KeyboardEvent, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import styles from "./editors.module.css";

interface NotesEditorProps {
  notes: string;
  onSave: (notes: string) => void;
}

interface Draft {
  text: string;
  /** The notes as they were when the person began. */
  base: string;
}

const MAX_LENGTH = 1_000_000;

/**
 * Notes that a click turns into a field. What is written is saved on leaving it and by ⌘Enter;
 * Escape leaves them as they were. Where somebody else changed them meanwhile, nothing is lost:
 * the person says which to keep.
 */
export function NotesEditor({ notes, onSave }: NotesEditorProps) {
  const m = useMessages();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [isAsking, setAsking] = useState(false);
  if (draft === null) {
    return (
      <button
        type="button"
        className={styles.notes}
        title={m.run.editNotes}
        onClick={() => setDraft({ text: notes, base: notes })}
      >
        <span className="visually-hidden">{m.run.editNotes}: </span>
        {notes === "" ? (
          <span className={styles.placeholder}>{m.run.addNotes}</span>
        ) : (
          <span dir="auto">{notes}</span>
        )}
      </button>
    );
  }
  const close = () => {
    setDraft(null);
    setAsking(false);
  };
  const finish = () => {
    if (draft.text === draft.base || draft.text === notes) return close();
    if (notes !== draft.base) return setAsking(true);
    close();
    onSave(draft.text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) finish();
  };
  return (
    <div className={styles.notesDraft}>
      <textarea
        className={styles.notesField}
        aria-label={m.run.notes}
        // biome-ignore lint/a11y/noAutofocus: the person has just clicked to type
        autoFocus
        dir="auto"
        rows={Math.min(Math.max(draft.text.split("\n").length + 1, 4), 20)}
        maxLength={MAX_LENGTH}
        value={draft.text}
        onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
        onBlur={() => !isAsking && finish()}
        onKeyDown={onKeyDown}
      />
      {isAsking ? (
        <div className={styles.conflict} role="alert">
          <p>{m.run.notesConflict}</p>
          <p className={styles.theirs} dir="auto">
            {notes === "" ? m.run.notesEmptied : notes}
          </p>
          <div className={styles.choices}>
            <Button
              isPrimary
              onClick={() => {
                close();
                onSave(draft.text);
              }}
            >
              {m.run.keepMine}
            </Button>
            <Button onClick={close}>{m.run.takeTheirs}</Button>
          </div>
        </div>
      ) : (
        <p className={styles.hint}>{m.run.notesHint}</p>
      )}
    </div>
  );
}
