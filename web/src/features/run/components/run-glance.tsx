/** One run beside its charts: the key facts, what came out, what went in. */
import type { ReactNode } from "react";
import type { RunDetail } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { RunFacts } from "./run-facts";
import styles from "./run-glance.module.css";
import { ValueTree } from "./value-tree";

interface RunGlanceProps {
  run: RunDetail | undefined;
  mediaLink: (key: string, label: string) => ReactNode;
}

export function RunGlance({ run, mediaLink }: RunGlanceProps) {
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
      <ValueTree
        title={m.run.summary}
        document={run.summary}
        emptyText={m.run.noSummary}
        mediaLink={mediaLink}
      />
      <ValueTree title={m.run.config} document={run.config} emptyText={m.run.noConfig} />
    </aside>
  );
}
