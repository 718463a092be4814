/**
 * Somebody's page, where it can do nothing to ours: a frame with an origin of its own that may run
 * scripts, and nothing else. The address must be one that the server answers with its sandbox
 * policy, so that the page is as tame when it is opened beside the app.
 */
import styles from "./sandboxed-frame.module.css";

export function SandboxedFrame({ title, src }: { title: string; src: string }) {
  return (
    <iframe
      className={styles.frame}
      title={title}
      src={src}
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      loading="lazy"
    />
  );
}
