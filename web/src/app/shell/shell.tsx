/** The frame: bar above, rail at the left, the page in the rest. */
import type { ReactNode } from "react";
import type { User } from "@/api/types";
import { Rail } from "./rail";
import styles from "./shell.module.css";
import { TopBar } from "./top-bar";

export function Shell({ user, children }: { user: User | undefined; children: ReactNode }) {
  return (
    <div className={styles.shell}>
      <TopBar user={user} />
      <Rail />
      <div className={styles.page}>{children}</div>
    </div>
  );
}
