import { Skeleton } from "@/ui/skeleton";
import styles from "./storage.module.css";

const WIDTHS = [260, 180, 220, 120];

/** The shape of the sums and of a few rows. */
export function StorageSkeleton() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      <Skeleton width="100%" />
      {WIDTHS.map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
