import type { RunDetail } from "@/api/types";
import { isLive, SILENT_STATES } from "@/features/run/state";
import { RunSwatch } from "@/features/runs/components/run-swatch";
import { formatDuration } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { durationOf } from "@/lib/run-duration";
import { runName } from "@/lib/run-name";
import { useNow } from "@/lib/use-now";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import styles from "./run-frame.module.css";

/** One line: the run's colour and name, its state, how long it took, when it was last heard. */
export function RunHeader({ run }: { run: RunDetail | undefined }) {
  const m = useMessages();
  const now = useNow(1000);
  if (!run) {
    return (
      <header className={styles.header}>
        <Skeleton width={180} />
      </header>
    );
  }
  return (
    <header className={styles.header}>
      <h1 className={styles.name} title={runName(run)}>
        <RunSwatch run={run} />
        <bdi>{runName(run)}</bdi>
      </h1>
      <StateMark state={run.state} withName />
      <span className={styles.fact}>{formatDuration(durationOf(run, now))}</span>
      {!isLive(run.state) && (
        <span className={styles.fact}>
          {SILENT_STATES.has(run.state) ? m.run.lastHeard : m.run.ended}{" "}
          <TimeAgo at={run.finished_at ?? run.heartbeat_at} />
        </span>
      )}
    </header>
  );
}
