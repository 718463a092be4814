import { useNavigate } from "@tanstack/react-router";
import type { RunRef } from "@/api/client";
import type { BareRun } from "@/api/types";
import { NameEditor } from "@/features/run/components/name-editor";
import { endedAt, isLive } from "@/features/run/state";
import { useEditRun } from "@/features/run/use-edit-run";
import { RunSwatch } from "@/features/runs/components/run-swatch";
import { useRunActions } from "@/features/runs/use-run-actions";
import { copyText } from "@/lib/copy-text";
import { formatDuration } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { durationOf } from "@/lib/run-duration";
import { runName } from "@/lib/run-name";
import { useNow } from "@/lib/use-now";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import { useToast } from "@/ui/toast";
import styles from "./run-frame.module.css";

interface RunHeaderProps {
  runRef: RunRef;
  run: BareRun | undefined;
}

/** One line: the run's colour and name, its state, how long it took, what can be done to it. */
export function RunHeader({ runRef, run }: RunHeaderProps) {
  if (!run) {
    return (
      <header className={styles.header}>
        <Skeleton width={180} />
      </header>
    );
  }
  return <LoadedHeader runRef={runRef} run={run} />;
}

function LoadedHeader({ runRef, run }: { runRef: RunRef; run: BareRun }) {
  const m = useMessages();
  const now = useNow(1000);
  const edit = useEditRun(runRef);
  const ended = endedAt(run);
  return (
    <header className={styles.header}>
      <h1 className={styles.name}>
        <RunSwatch run={run} />
        <NameEditor name={runName(run)} onRename={(name) => edit.rename(run, name)} />
      </h1>
      <div className={styles.facts}>
        <StateMark state={run.state} withName />
        <span className={styles.fact}>{formatDuration(durationOf(run, now))}</span>
        {!isLive(run.state) && (
          <span className={styles.fact}>
            {ended ? m.run.ended : m.run.lastHeard} <TimeAgo at={ended ?? run.heartbeat_at} />
          </span>
        )}
      </div>
      <RunMenu runRef={runRef} run={run} />
    </header>
  );
}

function RunMenu({ runRef, run }: { runRef: RunRef; run: BareRun }) {
  const m = useMessages();
  const toast = useToast();
  const navigate = useNavigate();
  const actions = useRunActions(runRef);
  const { entity, project } = runRef;
  const copyLink = async () => {
    if (await copyText(location.href)) toast({ title: m.run.linkCopied });
  };
  const remove = () => {
    actions.remove([run]);
    void navigate({ to: "/$entity/$project", params: { entity, project } });
  };
  return (
    <div className={styles.end}>
      <Menu
        label={m.run.actions}
        align="end"
        trigger={<IconButton icon="more" label={m.run.actions} />}
        items={[
          { label: m.run.copyLink, icon: "link", onSelect: () => void copyLink() },
          ...(isLive(run.state)
            ? [{ label: m.run.stop, icon: "stop", onSelect: () => actions.stop(run) } as const]
            : []),
          "separator",
          { label: m.run.delete, icon: "trash", isDanger: true, onSelect: remove },
        ]}
      />
    </div>
  );
}
