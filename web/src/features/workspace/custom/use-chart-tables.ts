/** The tables behind a custom chart: at a step, of the newest runs that logged it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { type ProjectRef, useClient } from "@/api/client";
import type { LoggedChart, RunColumns } from "@/api/custom-charts";
import { type Preset, presetOf } from "@/charts/custom/figure";
import type { ChartRun } from "../components/panel";

/** A live run says something every second; its tables are looked at again after this. */
const LOOK_AGAIN_MS = 3_000;
const MAX_ROWS = 10_000;
const MAX_CELLS = 100_000;
/** As many as can be told apart. */
const MAX_RUNS: Readonly<Record<Preset, number>> = {
  line: 20,
  lineseries: 20,
  scatter: 20,
  area: 20,
  bar: 10,
  histogram: 10,
  matrix: 9,
};

const NONE: readonly RunColumns[] = [];

export interface ChartTables {
  tables: readonly RunColumns[];
  /** Of those that logged the chart and are shown. */
  runs: readonly ChartRun[];
  numRuns: number;
  columns: readonly string[];
  /** null: the newest of each run. */
  step: number | null;
  steps: readonly number[];
  isFirst: boolean;
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
  go: (step: number) => void;
}

export function useChartTables(
  project: ProjectRef,
  chart: LoggedChart,
  shown: readonly ChartRun[],
): ChartTables {
  const client = useClient();
  const [wanted, setStep] = useState<number | null>(null);
  const preset = presetOf({ name: chart.spec, fields: chart.fields });
  const saying = new Set(chart.runs);
  const all = shown.filter(({ id }) => saying.has(id));
  // A chart that is not known is one run's table.
  const runs = all.slice(0, preset === null ? 1 : MAX_RUNS[preset]);
  const columns = [...new Set(Object.values(chart.fields))].sort();
  const request = {
    key: chart.table,
    // A table without columns that anybody asks for is asked for its first row.
    columns: columns.length > 0 ? columns : [""],
    runs: runs.map(({ id }) => id),
    step: wanted,
    max_rows: preset === null ? 1 : Math.min(MAX_ROWS, Math.floor(MAX_CELLS / (runs.length || 1))),
  };
  const { entity, project: name } = project;
  const { data, error, isPlaceholderData, isPending, refetch } = useQuery({
    queryKey: ["table-columns", entity, name, request],
    queryFn: ({ signal }) => client.readTableColumns(project, request, signal),
    enabled: runs.length > 0,
    placeholderData: keepPreviousData,
    staleTime: LOOK_AGAIN_MS,
  });
  useLookAgain(runs, () => void refetch());
  const tables = data?.tables ?? NONE;
  const steps = [...new Set(tables.flatMap((table) => table.steps))].sort((a, b) => a - b);
  const last = steps.at(-1);
  return {
    tables,
    runs,
    numRuns: all.length,
    columns: request.columns,
    step: wanted,
    steps,
    isFirst: data === undefined,
    isLoading: runs.length > 0 && (isPending || isPlaceholderData) && error === null,
    error,
    retry: () => void refetch(),
    // At the end it follows what comes.
    go: (step) => setStep(step === last ? null : step),
  };
}

/** After runs changed, but not at each change of a busy one. */
function useLookAgain(runs: readonly ChartRun[], look: () => void): void {
  const versions = runs.map(({ id, seq }) => `${id}:${seq}`).join(" ");
  const [seen, setSeen] = useState(versions);
  const onLook = useEffectEvent(() => {
    setSeen(versions);
    look();
  });
  const isChanged = seen !== versions;
  useEffect(() => {
    if (!isChanged) return;
    const timer = setTimeout(onLook, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isChanged]);
}
