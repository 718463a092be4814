import type { BareRun } from "@/api/types";
import { formatDuration, formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { durationOf } from "@/lib/run-duration";
import { useNow } from "@/lib/use-now";
import { CopyText } from "@/ui/code-block";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import { exitMeaning } from "../exit-code";
import { endedAt } from "../state";
import { Fact } from "./fact";
import styles from "./overview.module.css";

interface RunFactsProps {
  run: BareRun;
  /** Without what stands in the header of the page. */
  isBrief?: boolean;
}

/** What a run says about itself, without the rows that it left empty. */
export function RunFacts({ run, isBrief = false }: RunFactsProps) {
  const m = useMessages();
  const now = useNow(1000);
  const { exit_code } = run;
  return (
    <dl className={styles.facts}>
      <Fact name={m.run.state}>{!isBrief && <StateMark state={run.state} withName />}</Fact>
      <Fact name={m.run.exitCode}>
        {exit_code !== null && (exit_code !== 0 || run.state !== "finished") && (
          <>
            <code>{exit_code}</code>{" "}
            <span className={styles.meaning}>{m.run.exitMeanings[exitMeaning(exit_code)]}</span>
          </>
        )}
      </Fact>
      <Fact name={m.run.started}>
        <TimeAgo at={run.created_at} />
      </Fact>
      <Fact name={m.run.duration}>{!isBrief && formatDuration(durationOf(run, now))}</Fact>
      {!isBrief && <LastSign run={run} />}
      <Fact name={m.run.lastStep}>{run.last_step !== null && formatInteger(run.last_step)}</Fact>
      <Fact name={m.run.user}>{run.username}</Fact>
      <Fact name={m.run.group}>{run.group}</Fact>
      <Fact name={m.run.jobType}>{run.job_type}</Fact>
      <Fact name={m.run.sweep}>{run.sweep}</Fact>
      <Fact name={m.run.id}>
        <CopyText text={run.id} label={m.run.copyId} />
      </Fact>
    </dl>
  );
}

function LastSign({ run }: { run: BareRun }) {
  const m = useMessages();
  const ended = endedAt(run);
  return (
    <Fact name={ended ? m.run.endedAt : m.run.lastSign}>
      <TimeAgo at={ended ?? run.heartbeat_at} />
    </Fact>
  );
}
