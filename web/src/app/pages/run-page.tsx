/** One run: what it is at the left, its charts beside it. */
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ProjectRef } from "@/api/client";
import { isNotFound } from "@/api/problem";
import { RunOverview } from "@/features/runs/components/run-overview";
import { useRun } from "@/features/runs/queries";
import { Workspace } from "@/features/workspace/components/workspace";
import { useKeys } from "@/features/workspace/queries";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { useTitle } from "@/lib/use-title";
import { Notice } from "@/ui/notice";
import { SplitPane } from "@/ui/split-pane";
import { ErrorView } from "../error-view";
import { toChartRuns } from "./chart-runs";
import { useChartSearch } from "./use-chart-search";
import { useLiveProject } from "./use-live-project";

const SOLID = new Map<string, readonly number[]>();

export function RunPage() {
  const m = useMessages();
  const { entity, project, run: id } = useParams({ from: "/signed-in/$entity/$project/runs/$run" });
  const charts = useChartSearch(useSearch({ from: "/signed-in/$entity/$project/runs/$run" }));
  const ref = useMemo(() => ({ entity, project }), [entity, project]);
  const ids = useMemo(() => [id], [id]);

  const { data: run, error, refetch } = useRun({ entity, project, run: id });
  const isGone = isNotFound(error);
  useLiveProject(ref, !isGone);
  useTitle(run ? runName(run) : id, project);
  const history = useKeys(ref, ids, "history");
  const system = useKeys(ref, ids, "system");
  const chartRuns = useMemo(() => (run ? toChartRuns([run], new Set([run.id]), SOLID) : []), [run]);

  if (isGone) return <RunGone project={ref} wasThere={run !== undefined} />;
  if (error && !run) return <ErrorView error={error} onRetry={() => void refetch()} />;
  const keysError = history.error && !history.data ? history.error : null;
  return (
    <SplitPane
      name="run"
      label={m.run.resize}
      names={[m.run.overview, m.workspace.charts]}
      initialWidth={340}
      left={<RunOverview run={run} />}
    >
      <Workspace
        {...charts}
        project={ref}
        runs={chartRuns}
        isAllHidden={false}
        historyKeys={run && history.data}
        systemKeys={system.data}
        empty={<Notice title={m.run.noChartsTitle}>{m.run.noChartsHint}</Notice>}
        error={keysError && <ErrorView error={keysError} onRetry={() => void history.refetch()} />}
      />
    </SplitPane>
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
