import { useRef, useState } from "react";
import styles from "./in-place.module.css";

interface InPlaceProps {
  label: string;
  value: string;
  /** With null where it stays as it was. */
  onDone: (value: string | null) => void;
}

/** A text that is edited where it stands: Enter keeps it, Escape leaves it as it was. */
export function InPlace({ label, value, onDone }: InPlaceProps) {
  const [text, setText] = useState(value);
  // Once: the field also loses the focus when it goes.
  const isDone = useRef(false);
  const finish = (result: string | null) => {
    if (isDone.current) return;
    isDone.current = true;
    onDone(result);
  };
  const keep = () => finish(text === value ? null : text);
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it stands where the person just asked to edit
      autoFocus
      className={styles.input}
      aria-label={label}
      value={text}
      dir="auto"
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter" && !event.nativeEvent.isComposing) keep();
        if (event.key === "Escape") finish(null);
      }}
    />
  );
}
