import type { MediaItem } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import styles from "./media-content.module.css";

/** The run logged it, and its bytes are not here. */
export function NotArrived({ item }: { item: MediaItem }) {
  const m = useMessages();
  return (
    <div className={styles.missing}>
      <strong>{m.media.notArrived}</strong>
      <p>{m.media.notArrivedHint(item.path ?? item.artifact_path ?? "")}</p>
    </div>
  );
}
