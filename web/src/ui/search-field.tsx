import type { KeyboardEvent, Ref } from "react";
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
  /** Takes a key before the field does, where it prevents its default. */
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  /** Where the caret is; null where the focus is elsewhere. */
  onCaret?: (caret: number | null) => void;
  /** The list of what may be meant, and the option in it that the arrow keys have reached. */
  completion?: { listId: string; activeId: string | undefined };
}

export function SearchField(props: SearchFieldProps) {
  const { label, value, onChange, shortcut, ref, onKeyDown, onCaret, completion } = props;
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
        {...(completion && {
          "aria-autocomplete": "list",
          "aria-controls": completion.listId,
          "aria-activedescendant": completion.activeId,
        })}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          onCaret?.(event.currentTarget.selectionStart);
        }}
        onSelect={(event) => onCaret?.(event.currentTarget.selectionStart)}
        onFocus={(event) => onCaret?.(event.currentTarget.selectionStart)}
        onBlur={() => onCaret?.(null)}
        onKeyDown={(event) => {
          onKeyDown?.(event);
          if (event.defaultPrevented || event.key !== "Escape") return;
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
