import type { RunRow } from "@/api/types";
import type { ChartRun } from "@/features/workspace/components/panel";

/** The runs that charts draw, newest first, with what charts need to know of them. */
export function toChartRuns(
  runs: readonly RunRow[],
  visible: ReadonlySet<string>,
  dashes: ReadonlyMap<string, readonly number[]>,
): ChartRun[] {
  return runs
    .filter(({ id }) => visible.has(id))
    .map(({ id, display_name, seq, state }) => ({
      id,
      name: display_name,
      seq,
      isRunning: state === "running",
      dash: dashes.get(id) ?? [],
    }));
}
