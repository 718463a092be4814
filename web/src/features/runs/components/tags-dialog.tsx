import { useId, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Tag } from "@/ui/tag";
import { TextField } from "@/ui/text-field";
import styles from "./text-dialog.module.css";

interface TagsDialogProps {
  title: string;
  tags: readonly string[];
  suggestions: readonly string[];
  onTags: (tags: string[]) => void;
  onClose: () => void;
}

/** A run's tags, to add to and take from. */
export function TagsDialog({ title, tags, suggestions, onTags, onClose }: TagsDialogProps) {
  const m = useMessages();
  const formId = useId();
  const listId = useId();
  const [chosen, setChosen] = useState<readonly string[]>(tags);
  const [text, setText] = useState("");
  const withText = () => [...new Set([...chosen, ...(text.trim() === "" ? [] : [text.trim()])])];
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{m.runs.cancel}</Button>
          <Button
            isPrimary
            onClick={() => {
              onTags(withText());
              onClose();
            }}
          >
            {m.runs.apply}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setChosen(withText());
          setText("");
        }}
      >
        <div className={styles.tags}>
          {chosen.map((tag) => (
            <Tag key={tag} onRemove={() => setChosen(chosen.filter((other) => other !== tag))}>
              {tag}
            </Tag>
          ))}
          {chosen.length === 0 && <span className={styles.hint}>{m.runs.noTags}</span>}
        </div>
        <TextField
          label={m.runs.addTag}
          value={text}
          onChange={setText}
          list={listId}
          maxLength={256}
          autoFocus
        />
        <datalist id={listId}>
          {suggestions.slice(0, 200).map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </form>
    </Dialog>
  );
}
