import { useMessages } from "@/lib/i18n";
import { Icon } from "./icons";
import styles from "./tag.module.css";

interface TagProps {
  children: string;
  /** A CSS colour; grey if left out. */
  colour?: string;
  onRemove?: () => void;
}

export function Tag({ children, colour, onRemove }: TagProps) {
  const m = useMessages();
  return (
    <span className={styles.tag} style={colour === undefined ? {} : { "--tag-colour": colour }}>
      <span className={styles.text} title={children} dir="auto">
        {children}
      </span>
      {onRemove && (
        <button
          type="button"
          className={styles.remove}
          aria-label={m.app.remove(children)}
          onClick={onRemove}
        >
          <Icon name="close" size={10} />
        </button>
      )}
    </span>
  );
}
