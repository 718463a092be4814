/** Tells collections whose versions are links to others from those that hold them. */
import { useMessages } from "@/lib/i18n";
import styles from "./linked-mark.module.css";

export function LinkedMark() {
  const m = useMessages();
  return (
    <span className={styles.mark} title={m.artifacts.linkedHint}>
      {m.artifacts.linked}
    </span>
  );
}
