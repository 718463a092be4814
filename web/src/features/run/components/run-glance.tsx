import type { RunDetail } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { RunFacts } from "./run-facts";
import styles from "./run-facts.module.css";
import { ValueTree } from "./value-tree";

/** One run beside its charts: what it is, what went in, what came out. */
export function RunGlance({ run }: { run: RunDetail | undefined }) {
  const m = useMessages();
  if (!run) return <RunGlanceSkeleton />;
  return (
    <aside className={styles.panel} aria-label={m.run.overview}>
      {run.tags.length > 0 && (
        <div className={styles.badges}>
          {run.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </div>
      )}
      {run.notes && <p className={styles.notes}>{run.notes}</p>}
      <RunFacts run={run} />
      <ValueTree title={m.run.summary} document={run.summary} emptyText={m.run.noSummary} />
      <ValueTree title={m.run.config} document={run.config} emptyText={m.run.noConfig} />
    </aside>
  );
}

function RunGlanceSkeleton() {
  return (
    <aside className={styles.panel}>
      <div className={styles.facts}>
        {[90, 70, 120, 60, 140, 100].map((width) => (
          <div key={width} className={styles.fact}>
            <Skeleton width={64} />
            <Skeleton width={width} />
          </div>
        ))}
      </div>
    </aside>
  );
}
