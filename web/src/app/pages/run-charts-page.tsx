/** One run's charts, with the key facts of it at the left. */
import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { RunGlance } from "@/features/run/components/run-glance";
import { isLive } from "@/features/run/state";
import { Workspace } from "@/features/workspace/components/workspace";
import { useKeys } from "@/features/workspace/queries";
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";
import { SplitPane } from "@/ui/split-pane";
import { ErrorView } from "../error-view";
import { toChartRuns } from "./chart-runs";
import { renderLoggedTable } from "./logged-table";
import { useFramedRun } from "./run-context";
import { useChartSearch } from "./use-chart-search";
import { useRunLinks } from "./use-run-links";

const SOLID = new Map<string, readonly number[]>();

export function RunChartsPage() {
  const m = useMessages();
  const { ref, run } = useFramedRun();
  const { mediaLink } = useRunLinks(ref);
  const charts = useChartSearch(useSearch({ from: "/signed-in/$entity/$project/runs/$run" }));
  const { entity, project } = ref;
  const place = useMemo(() => ({ entity, project }), [entity, project]);
  const ids = useMemo(() => [ref.run], [ref.run]);
  const history = useKeys(place, ids, "history");
  const system = useKeys(place, ids, "system");
  const chartRuns = useMemo(() => (run ? toChartRuns([run], new Set([run.id]), SOLID) : []), [run]);

  const keysError = history.error && !history.data ? history.error : null;
  return (
    <SplitPane
      name="run"
      label={m.run.resize}
      names={[m.run.overview, m.workspace.charts]}
      initialWidth={300}
      left={<RunGlance runRef={ref} run={run} mediaLink={mediaLink} />}
    >
      <Workspace
        {...charts}
        project={place}
        runs={chartRuns}
        isAllHidden={false}
        renderTable={renderLoggedTable}
        historyKeys={run && history.data}
        systemKeys={system.data}
        empty={
          run && !isLive(run.state) ? (
            <Notice title={m.run.noMetrics}>{m.run.noMetricsHint}</Notice>
          ) : (
            <Notice title={m.run.noChartsTitle}>{m.run.noChartsHint}</Notice>
          )
        }
        error={keysError && <ErrorView error={keysError} onRetry={() => void history.refetch()} />}
      />
    </SplitPane>
  );
}
