import type { RunRow } from "@/api/types";
import type { ChartRun } from "@/features/workspace/components/panel";
import { runColour } from "@/lib/run-colour";
import { runName } from "@/lib/run-name";

/** The runs that charts draw, newest first, with what charts need to know of them. */
export function toChartRuns(
  runs: readonly RunRow[],
  visible: ReadonlySet<string>,
  dashes: ReadonlyMap<string, readonly number[]>,
): ChartRun[] {
  return runs
    .filter(({ id }) => visible.has(id))
    .map((run) => ({
      id: run.id,
      name: runName(run),
      seq: run.seq,
      isRunning: run.state === "running",
      colour: runColour(run),
      dash: dashes.get(run.id) ?? [],
    }));
}
