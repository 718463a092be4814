import type { ReactNode } from "react";
import type { RunDetail } from "@/api/types";
import { formatDateTime, formatDuration } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { durationOf } from "@/lib/run-duration";
import { useNow } from "@/lib/use-now";
import { CopyText } from "@/ui/code-block";
import { TimeAgo } from "@/ui/time-ago";
import styles from "./run-facts.module.css";

/** What a run says about itself, without the rows that it left empty. */
export function RunFacts({ run }: { run: RunDetail }) {
  const m = useMessages();
  const now = useNow(1000);
  return (
    <dl className={styles.facts}>
      <Fact name={m.run.started}>
        <span title={formatDateTime(run.created_at)}>
          <TimeAgo at={run.created_at} />
        </span>
      </Fact>
      <Fact name={m.run.duration}>{formatDuration(durationOf(run, now))}</Fact>
      <Fact name={m.run.lastStep}>{run.last_step?.toLocaleString("en-US")}</Fact>
      <Fact name={m.run.user}>{run.username}</Fact>
      <Fact name={m.run.group}>{run.group}</Fact>
      <Fact name={m.run.jobType}>{run.job_type}</Fact>
      <Fact name={m.run.host}>{run.host}</Fact>
      <Fact name={m.run.program}>{run.program && <code>{run.program}</code>}</Fact>
      <Fact name={m.run.commit}>
        {run.git?.commit && (
          <code title={`${run.git.commit}\n${run.git.remote ?? ""}`}>
            {run.git.commit.slice(0, 10)}
          </code>
        )}
      </Fact>
      <Fact name={m.run.sweep}>{run.sweep}</Fact>
      <Fact name={m.run.exitCode}>{run.exit_code !== 0 && run.exit_code}</Fact>
      <Fact name={m.run.id}>
        <CopyText text={run.id} label={m.run.copyId} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "" || children === false)
    return null;
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
