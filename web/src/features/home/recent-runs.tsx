/** What happened last, in whatever project. */
import { Link } from "@tanstack/react-router";
import type { RunRow } from "@/api/types";
import { StrokeSwatch } from "@/charts/stroke-swatch";
import { useMessages } from "@/lib/i18n";
import { runColour } from "@/lib/run-colour";
import { runName } from "@/lib/run-name";
import { useTheme } from "@/lib/theme";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import styles from "./home.module.css";
import { useRecentRuns } from "./queries";

export function RecentRuns() {
  const m = useMessages();
  const { data: runs, error, refetch } = useRecentRuns();
  return (
    <section className={styles.recent} aria-labelledby="recent-runs">
      <h2 id="recent-runs" className={styles.title}>
        {m.home.recent}
      </h2>
      {runs?.length === 0 && <p className={styles.note}>{m.home.noRuns}</p>}
      {!runs && error && (
        <div className={styles.note} role="alert">
          <p>{m.home.recentFailed}</p>
          <Button onClick={() => void refetch()}>{m.app.retry}</Button>
        </div>
      )}
      <ul className={styles.runs}>
        {runs?.map((run) => (
          <RunItem key={`${run.entity}/${run.project}/${run.id}`} run={run} />
        ))}
        {!runs &&
          !error &&
          [130, 90, 150, 110].map((width) => (
            <li key={width} className={styles.run}>
              <Skeleton width={width} />
              <Skeleton width={80} />
            </li>
          ))}
      </ul>
    </section>
  );
}

function RunItem({ run }: { run: RunRow }) {
  const { entity, project, id } = run;
  const theme = useTheme();
  const name = runName(run);
  return (
    <li className={styles.run}>
      <StateMark state={run.state} />
      <Link
        className={styles.name}
        to="/$entity/$project/runs/$run"
        params={{ entity, project, run: id }}
        title={name}
      >
        <StrokeSwatch color={runColour(run)[theme]} />
        <bdi>{name}</bdi>
      </Link>
      <span className={styles.time}>
        <TimeAgo at={run.heartbeat_at} />
      </span>
      <Link
        className={styles.project}
        to="/$entity/$project"
        params={{ entity, project }}
        title={`${entity}/${project}`}
      >
        {entity}/{project}
      </Link>
    </li>
  );
}
