/** What the machines did while the run was going. */
import { useMemo } from "react";
import { Workspace } from "@/features/workspace/components/workspace";
import { useKeys } from "@/features/workspace/queries";
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";
import { toChartRuns } from "./chart-runs";
import { useFramedRun } from "./run-context";
import { useChartSearch } from "./use-chart-search";

const SOLID = new Map<string, readonly number[]>();
const NONE: [] = [];

export function RunSystemPage() {
  const m = useMessages();
  const { ref, run } = useFramedRun();
  const charts = useChartSearch({ x: "relative", fold: "system" });
  const ids = useMemo(() => [ref.run], [ref.run]);
  const system = useKeys(ref, ids, "system");
  const chartRuns = useMemo(() => (run ? toChartRuns([run], new Set([run.id]), SOLID) : []), [run]);
  return (
    <Workspace
      {...charts}
      project={ref}
      runs={chartRuns}
      isAllHidden={false}
      historyKeys={system.data ? NONE : undefined}
      systemKeys={system.data}
      empty={<Notice title={m.run.noChartsTitle}>{m.run.noChartsHint}</Notice>}
      error={null}
    />
  );
}
