/** Names as chips: taken off by their cross, added by typing. */
import { type KeyboardEvent, useState } from "react";
import { Icon } from "@/ui/icons";
import { Tag } from "@/ui/tag";
import styles from "./chips-editor.module.css";

interface ChipsEditorProps {
  /** What is typed. */
  label: string;
  names: readonly string[];
  /** One that moves by itself, and is not taken off. */
  fixed?: string;
  onAdd: (name: string) => void;
  onRemove: (name: string) => void;
}

const MAX_LENGTH = 128;

export function ChipsEditor({ label, names, fixed, onAdd, onRemove }: ChipsEditorProps) {
  const [text, setText] = useState<string | null>(null);
  const finish = () => {
    const name = text?.trim() ?? "";
    if (name !== "" && !names.includes(name)) onAdd(name);
    setText(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") finish();
    else if (event.key === "Escape") setText(null);
    else return;
    event.stopPropagation();
  };
  return (
    <span className={styles.chips}>
      {names.map((name) =>
        name === fixed ? (
          <Tag key={name}>{name}</Tag>
        ) : (
          <Tag key={name} onRemove={() => onRemove(name)}>
            {name}
          </Tag>
        ),
      )}
      {text === null ? (
        <button type="button" className={styles.add} onClick={() => setText("")}>
          <Icon name="plus" size={12} />
          {label}
        </button>
      ) : (
        <input
          className={styles.field}
          aria-label={label}
          placeholder={label}
          // biome-ignore lint/a11y/noAutofocus: the person has just clicked to type
          autoFocus
          dir="auto"
          maxLength={MAX_LENGTH}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={finish}
        />
      )}
    </span>
  );
}
