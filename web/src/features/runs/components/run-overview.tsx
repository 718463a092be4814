import type { RunDetail } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import { RunFacts } from "./run-facts";
import styles from "./run-facts.module.css";
import { RunSwatch } from "./run-swatch";
import { ValueTree } from "./value-tree";

/** One run beside its charts: what it is, what went in, what came out. */
export function RunOverview({ run }: { run: RunDetail | undefined }) {
  const m = useMessages();
  if (!run) return <RunOverviewSkeleton />;
  return (
    <aside className={styles.panel} aria-label={m.run.overview}>
      <header className={styles.head}>
        <h1 className={styles.name}>
          <RunSwatch run={run} />
          <bdi>{runName(run)}</bdi>
        </h1>
        <div className={styles.badges}>
          <StateMark state={run.state} withName />
          {run.tags.map((tag) => (
            <span key={tag} className={styles.tag}>
              {tag}
            </span>
          ))}
        </div>
      </header>
      {run.notes && <p className={styles.notes}>{run.notes}</p>}
      <RunFacts run={run} />
      <ValueTree title={m.run.summary} document={run.summary} emptyText={m.run.noSummary} />
      <ValueTree title={m.run.config} document={run.config} emptyText={m.run.noConfig} />
    </aside>
  );
}

function RunOverviewSkeleton() {
  return (
    <aside className={styles.panel}>
      <header className={styles.head}>
        <Skeleton width={180} />
      </header>
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
