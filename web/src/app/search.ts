/**
 * The search part of addresses: plain text values, no JSON, so that a link can
 * be read, shortened and written by hand.
 */
import type { Axis } from "@/api/types";
import type { ChartView } from "@/features/workspace/model";

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string") query.set(name, value);
  }
  // Commas and slashes are legal in a query; escaped they only make links ugly.
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

/** Keeps the known names of a search part and forgets the rest. */
export function readSearch<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [name in Name]?: string | undefined } => {
    const read: { [name in Name]?: string | undefined } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === "string") read[name] = value;
    }
    return read;
  };
}

export interface ChartSearch {
  x?: string | undefined;
  y?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  charts?: string | undefined;
  fold?: string | undefined;
}

export function readChartView({ x, y, from, to }: ChartSearch): ChartView {
  const [lo, hi] = [Number(from ?? "x"), Number(to ?? "x")];
  return {
    axis: readAxis(x),
    isLogY: y === "log",
    zoom: Number.isFinite(lo) && Number.isFinite(hi) && lo < hi ? [lo, hi] : null,
  };
}

export function writeChartView({ axis, isLogY, zoom }: ChartView): ChartSearch {
  return {
    x: axis === "step" ? undefined : axis,
    y: isLogY ? "log" : undefined,
    // Steps are whole; a thousandth of a second is finer than any pixel.
    from: zoom ? String(Number(zoom[0].toFixed(3))) : undefined,
    to: zoom ? String(Number(zoom[1].toFixed(3))) : undefined,
  };
}

export function readFolds({ fold }: ChartSearch): ReadonlySet<string> {
  return new Set(fold === undefined ? [] : fold.split(","));
}

export function toggleFold(folds: ReadonlySet<string>, section: string): string | undefined {
  const next = new Set(folds);
  if (!next.delete(section)) next.add(section);
  return next.size === 0 ? undefined : [...next].join(",");
}

function readAxis(text: string | undefined): Axis {
  return text === "relative" || text === "time" ? text : "step";
}
