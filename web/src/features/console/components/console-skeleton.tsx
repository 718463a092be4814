import { Skeleton } from "@/ui/skeleton";
import styles from "./console.module.css";

const WIDTHS = [320, 180, 260, 420, 210, 380, 140, 300, 240, 360, 200, 280];

export function ConsoleSkeleton() {
  return (
    <div className={styles.console}>
      <div className={styles.toolbar} />
      <div className={styles.skeleton}>
        {WIDTHS.map((width) => (
          <Skeleton key={width} width={width} />
        ))}
      </div>
    </div>
  );
}
