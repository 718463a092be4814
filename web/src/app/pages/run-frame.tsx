/** The frame of a run's pages: what run it is and how it fares, above the page itself. */
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import type { RunRef } from "@/api/client";
import { isNotFound } from "@/api/problem";
import { useRun } from "@/features/run/queries";
import { useRestoreRun } from "@/features/run/use-restore-run";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { useTitle } from "@/lib/use-title";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { ErrorView } from "../error-view";
import { RunContext } from "./run-context";
import styles from "./run-frame.module.css";
import { RunHeader } from "./run-header";
import { useLiveRun } from "./use-live-run";

export function RunFrame() {
  const { entity, project, run: id } = useParams({ from: "/signed-in/$entity/$project/runs/$run" });
  const ref = useMemo(() => ({ entity, project, run: id }), [entity, project, id]);
  const { data: run, error, refetch } = useRun(ref);
  const isGone = isNotFound(error);
  const framed = useMemo(() => ({ ref, run }), [ref, run]);
  useLiveRun(ref, run?.seq, !isGone);
  useTitle(run ? runName(run) : id, project);

  if (isGone) {
    return <RunGone runRef={ref} wasThere={run !== undefined} onRestored={() => void refetch()} />;
  }
  if (error && !run) return <ErrorView error={error} onRetry={() => void refetch()} />;
  return (
    <RunContext value={framed}>
      <div className={styles.frame}>
        <RunHeader runRef={ref} run={run} />
        <div className={styles.page}>
          <Outlet />
        </div>
      </div>
    </RunContext>
  );
}

interface RunGoneProps {
  runRef: RunRef;
  /** It was seen on this page, so it is in the trash. */
  wasThere: boolean;
  onRestored: () => void;
}

function RunGone({ runRef, wasThere, onRestored }: RunGoneProps) {
  const m = useMessages();
  const restore = useRestoreRun(runRef, onRestored);
  const { entity, project } = runRef;
  return (
    <Notice
      title={wasThere ? m.run.deleted : m.run.notFound}
      action={
        <span className={styles.ways}>
          {wasThere && <Button onClick={restore}>{m.run.restore}</Button>}
          <Link to="/$entity/$project" params={{ entity, project }}>
            {m.run.toProject(project)}
          </Link>
        </span>
      }
    >
      {wasThere ? m.run.deletedHint : m.run.notFoundHint}
    </Notice>
  );
}
