import styles from "./skeleton.module.css";

/** The shape of text that is on its way. It appears late: a fast answer never flashes it. */
export function Skeleton({ width }: { width: number | string }) {
  return <span className={styles.bar} style={{ width }} aria-hidden="true" />;
}
