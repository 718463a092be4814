/** The frame: bar above, rail at the left, the page in the rest. */
import { type ReactNode, useRef } from "react";
import type { User } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { PaletteHost } from "./palette-host";
import { Rail } from "./rail";
import styles from "./shell.module.css";
import { TopBar } from "./top-bar";
import { VisitRecorder } from "./visit-recorder";

export function Shell({ user, children }: { user: User | undefined; children: ReactNode }) {
  const m = useMessages();
  const page = useRef<HTMLElement>(null);
  return (
    <PaletteHost>
      <div className={styles.shell}>
        <button type="button" className={styles.skip} onClick={() => page.current?.focus()}>
          {m.frame.skip}
        </button>
        <TopBar user={user} />
        <Rail />
        <main ref={page} id="page" className={styles.page} tabIndex={-1}>
          {children}
        </main>
      </div>
      <VisitRecorder />
    </PaletteHost>
  );
}
