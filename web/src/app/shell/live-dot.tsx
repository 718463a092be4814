import { useMessages } from "@/lib/i18n";
import { useLiveStatus } from "../live";
import styles from "./shell.module.css";

/** Whether what is on the screen follows the server. */
export function LiveDot() {
  const m = useMessages();
  const status = useLiveStatus();
  if (status === null) return null;
  return (
    <span
      className={styles.live}
      data-status={status}
      role="status"
      title={status === "offline" ? m.live.offlineHint : m.live.liveHint}
    >
      <span className={styles.dot} aria-hidden="true" />
      <span>{m.live[status]}</span>
    </span>
  );
}
