import type { Ref } from "react";
import { useMessages } from "@/lib/i18n";
import { Icon } from "./icons";
import styles from "./search-field.module.css";

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The key that focuses the field, shown while it is empty. */
  shortcut?: string;
  ref?: Ref<HTMLInputElement>;
}

export function SearchField({ label, value, onChange, shortcut, ref }: SearchFieldProps) {
  const m = useMessages();
  return (
    <div className={styles.field}>
      <Icon name="search" size={14} />
      <input
        ref={ref}
        className={styles.input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value !== "") onChange("");
          else event.currentTarget.blur();
        }}
      />
      {value !== "" && (
        <button
          type="button"
          className={styles.clear}
          aria-label={m.app.clear}
          onClick={() => onChange("")}
        >
          <Icon name="close" size={12} />
        </button>
      )}
      {value === "" && shortcut && <kbd className={styles.shortcut}>{shortcut}</kbd>}
    </div>
  );
}
