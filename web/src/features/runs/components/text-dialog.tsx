import { useId, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/text-field";
import styles from "./text-dialog.module.css";

interface TextDialogProps {
  title: string;
  label: string;
  hint?: string;
  /** Offered while typing. */
  suggestions: readonly string[];
  isEmptyAllowed?: boolean;
  onText: (text: string) => void;
  onClose: () => void;
}

/** Asks for one short text. */
export function TextDialog(props: TextDialogProps) {
  const { title, label, hint, suggestions, isEmptyAllowed = false, onText, onClose } = props;
  const m = useMessages();
  const formId = useId();
  const listId = useId();
  const [text, setText] = useState("");
  const isReady = isEmptyAllowed || text.trim() !== "";
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{m.runs.cancel}</Button>
          <Button isPrimary type="submit" form={formId} disabled={!isReady}>
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
          if (!isReady) return;
          onText(text.trim());
          onClose();
        }}
      >
        <TextField
          label={label}
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
        {hint && <p className={styles.hint}>{hint}</p>}
      </form>
    </Dialog>
  );
}
