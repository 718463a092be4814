/** One run beside its charts: the key facts, what came out, what went in. */
import type { ReactNode } from "react";
import type { RunRef } from "@/api/client";
import type { BareRun } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { RunDocument } from "./run-document";
import { RunFacts } from "./run-facts";
import styles from "./run-glance.module.css";

interface RunGlanceProps {
  runRef: RunRef;
  run: BareRun | undefined;
  mediaLink: (key: string, label: string) => ReactNode;
}

export function RunGlance({ runRef, run, mediaLink }: RunGlanceProps) {
  const m = useMessages();
  if (!run) {
    return (
      <aside className={styles.panel}>
        <div className={styles.skeleton}>
          {[190, 150, 220, 130, 240, 180].map((width) => (
            <Skeleton key={width} width={width} />
          ))}
        </div>
      </aside>
    );
  }
  const asked = { runRef, seq: run.seq };
  return (
    <aside className={styles.panel} aria-label={m.run.overview}>
      {run.tags.length > 0 && (
        <div className={styles.badges}>
          {run.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </div>
      )}
      {run.notes && (
        <p className={styles.notes} dir="auto">
          {run.notes}
        </p>
      )}
      <RunFacts run={run} isBrief />
      <RunDocument {...asked} which="summary" mediaLink={mediaLink} />
      <RunDocument {...asked} which="config" />
    </aside>
  );
}
