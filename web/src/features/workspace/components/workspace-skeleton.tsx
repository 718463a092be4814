import { Skeleton } from "@/ui/skeleton";
import styles from "./workspace.module.css";

/** The shape of a section of charts. */
export function WorkspaceSkeleton() {
  return (
    <div aria-hidden="true">
      <div className={styles.sectionHeader}>
        <span className={styles.fold}>
          <Skeleton width={72} />
        </span>
      </div>
      <div className={styles.ghosts}>
        {[96, 120, 80, 110, 90, 100].map((width) => (
          <div key={width} className={styles.ghost}>
            <Skeleton width={width} />
          </div>
        ))}
      </div>
    </div>
  );
}
