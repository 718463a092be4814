import type { ReactNode } from "react";
import styles from "./tab-bar.module.css";

/** Links between the parts of one thing; the current one has `aria-current="page"`. */
export function TabBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={styles.bar} aria-label={label}>
      {children}
    </nav>
  );
}
