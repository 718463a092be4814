/** One panel's curves: asked for, kept while others are on their way, dressed for drawing. */
import { useMemo } from "react";
import type { ProjectRef } from "@/api/client";
import type { Series } from "@/api/series-codec";
import { isCrossing, seenIndices } from "@/charts/line/drawn-line";
import type { Domain, LineSeries } from "@/charts/line/types";
import { useTheme } from "@/lib/theme";
import type { ChartRun } from "./components/panel";
import { bucketsFor, type PanelKey, type PanelView } from "./model";
import { useSeries } from "./queries";

/** @param width Of the chart in pixels; null before it is known. */
export function usePanelLines(
  project: ProjectRef,
  panel: PanelKey,
  view: PanelView,
  runs: readonly ChartRun[],
  width: number | null,
) {
  const scope = {
    ...project,
    key: panel.key,
    stream: panel.stream,
    axis: view.x.axis,
    x_key: view.x.key,
    x_scale: view.xScale,
    writer: panel.writer ?? null,
    smoothing: view.smoothing,
    lo: view.zoom?.[0] ?? null,
    hi: view.zoom?.[1] ?? null,
    buckets: bucketsFor(width ?? 0),
  };
  const { series, ...state } = useSeries(scope, runs, width !== null);
  return { ...state, isFirst: series === null, lines: useLines(series, runs) };
}

/** Oldest run first, so that the newest is drawn on top. */
function useLines(
  series: ReadonlyMap<string, Series> | null,
  runs: readonly ChartRun[],
): LineSeries[] {
  const theme = useTheme();
  // Run objects change with every heartbeat; what is drawn of them does not.
  const looks = JSON.stringify(runs.map((run) => [run.id, run.name, run.colour[theme], run.dash]));
  return useMemo(() => {
    const drawn: [string, string, string, number[]][] = JSON.parse(looks);
    return drawn.toReversed().flatMap(([id, name, color, dash]) => {
      const data = series?.get(id);
      return data ? [{ id, name, dash, color, data }] : [];
    });
  }, [series, looks]);
}

/** What stands behind one drawn point, for `thinning`. */
export function describeLine({ data }: LineSeries) {
  return {
    exact: data.exact,
    numRows: data.numRows,
    numDrawn: data.exact ? data.x.length : data.x0.length,
  };
}

/**
 * Something to see in the range: a value with a place on the axis, a mark for one without, or a
 * line that only passes through.
 */
export function hasValues({ data }: LineSeries, zoom: Domain | null, isLogY: boolean): boolean {
  const values = (data.exact ? data.y : data.max).subarray(...seenIndices(data, zoom));
  const isSeen = isLogY ? values.some((y) => y > 0 || Number.isNaN(y)) : values.length > 0;
  return isSeen || isCrossing(data, zoom, isLogY ? "log" : "linear");
}
