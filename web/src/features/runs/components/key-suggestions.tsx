/** The keys that may be meant, below the field in which one is being written. */
import { useMessages } from "@/lib/i18n";
import styles from "./key-suggestions.module.css";

interface KeySuggestionsProps {
  id: string;
  keys: readonly string[];
  active: number | null;
  optionId: (place: number) => string;
  onPick: (key: string) => void;
}

export function KeySuggestions({ id, keys, active, optionId, onPick }: KeySuggestionsProps) {
  const m = useMessages();
  const labels: Readonly<Record<string, string>> = m.runs.fields;
  return (
    <div id={id} role="listbox" aria-label={m.runs.suggested} className={styles.list}>
      {keys.map((key, place) => (
        <div
          key={key}
          id={optionId(place)}
          role="option"
          tabIndex={-1}
          aria-selected={place === active}
          className={styles.option}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(key);
          }}
        >
          <code className={styles.key}>{key}</code>
          {labels[key] !== undefined && <span className={styles.label}>{labels[key]}</span>}
        </div>
      ))}
    </div>
  );
}
