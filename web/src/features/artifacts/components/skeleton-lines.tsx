/** Lines where text will be. */
import { Skeleton } from "@/ui/skeleton";
import styles from "./skeleton-lines.module.css";

export function SkeletonLines({ widths }: { widths: readonly number[] }) {
  return (
    <div className={styles.lines} aria-hidden="true">
      {widths.map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
