/** The frame of a run's pages: what run it is and how it fares, above the page itself. */
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ProjectRef } from "@/api/client";
import { isNotFound } from "@/api/problem";
import { useRun } from "@/features/run/queries";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { useTitle } from "@/lib/use-title";
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

  if (isGone) return <RunGone project={ref} wasThere={run !== undefined} />;
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

function RunGone({ project, wasThere }: { project: ProjectRef; wasThere: boolean }) {
  const m = useMessages();
  const back = (
    <Link to="/$entity/$project" params={project}>
      {m.run.toProject(project.project)}
    </Link>
  );
  return (
    <Notice title={wasThere ? m.run.deleted : m.run.notFound} action={back}>
      {wasThere ? m.run.deletedHint : m.run.notFoundHint}
    </Notice>
  );
}
