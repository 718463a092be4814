/**
 * The values behind a curve, as drawn: the point of a bucket is its centre and mean.
 *
 * Data arrives once and is drawn many times (resized, zoomed, pointed at), so what it says about
 * itself is worked out once and kept as long as the data lives.
 */
import type { BucketData, Domain, LineData, LineSeries, ScaleKind } from "./types";

export interface DrawnLine {
  id: string;
  name: string;
  color: string;
  dash: readonly number[];
  exact: boolean;
  x: Float64Array;
  y: Float64Array;
  /**
   * What smoothing makes of the values; null without it. The last one of a bucket, so it lies at
   * the bucket's end and not in its middle.
   */
  smooth: { x: Float64Array; y: Float64Array } | null;
  /** Extremes of each bucket; null when every point is drawn. */
  min: Float64Array | null;
  max: Float64Array | null;
  /** x never goes back, so a pointer can search instead of scan. */
  isSorted: boolean;
  /**
   * First point in the shown range, and the one after the last. Those beside it only lead the line
   * in and out of the picture.
   */
  seen: readonly [from: number, to: number];
}

const centresOf: Record<ScaleKind, WeakMap<BucketData, Float64Array>> = {
  linear: new WeakMap(),
  log: new WeakMap(),
};
const ascending = new WeakMap<LineData, boolean>();

/** @param within The range of x that is shown; null for all of it. */
export function drawnLine(
  { id, name, color, dash, data }: LineSeries,
  xScale: ScaleKind,
  within: Domain | null,
): DrawnLine {
  return {
    id,
    name,
    color,
    dash,
    exact: data.exact,
    x: data.exact ? data.x : centres(data, xScale),
    isSorted: isAscending(data),
    y: data.exact ? data.y : data.mean,
    smooth: data.smooth && { x: data.exact ? data.x : data.x1, y: data.smooth },
    min: data.exact ? null : data.min,
    max: data.exact ? null : data.max,
    seen: seenIndices(data, within),
  };
}

/** Points and buckets that reach into a range: from and to; of data whose x goes back all. */
export function seenIndices(
  data: LineData,
  within: Domain | null,
): readonly [from: number, to: number] {
  const [starts, ends] = data.exact ? [data.x, data.x] : [data.x0, data.x1];
  if (within === null || !isAscending(data)) return [0, starts.length];
  return [lowerBound(ends, within[0]), lowerBound(starts, within[1], true)];
}

/** A line comes in on one side of the range and leaves on the other, without a value in it. */
export function isCrossing(data: LineData, within: Domain | null, yScale: ScaleKind): boolean {
  const [from, to] = seenIndices(data, within);
  if (from < to || from === 0) return false;
  const values = data.exact ? data.y : data.mean;
  const [before, after] = [values[from - 1] ?? Number.NaN, values[to] ?? Number.NaN];
  return hasPlace(before, yScale) && hasPlace(after, yScale);
}

/** Something to see in the range on a linear axis: a value, or a line that passes through. */
export function isShown(data: LineData, within: Domain | null): boolean {
  const [from, to] = seenIndices(data, within);
  return from < to || isCrossing(data, within, "linear");
}

/** Whether a value has a height on the axis. */
export function hasPlace(value: number, scale: ScaleKind): boolean {
  return Number.isFinite(value) && (scale === "linear" || value > 0);
}

/** What is drawn in full strength: the smoothed values where there are any. */
export function shownPoints({ smooth, x, y }: DrawnLine): { x: Float64Array; y: Float64Array } {
  return smooth ?? { x, y };
}

/** The middle as the eye sees it: on a log axis that is the geometric mean. */
function centres(data: BucketData, scale: ScaleKind): Float64Array {
  const known = centresOf[scale].get(data);
  if (known) return known;
  const { x0, x1 } = data;
  const found = new Float64Array(x0.length);
  for (let i = 0; i < found.length; i++) {
    const [from = Number.NaN, to = Number.NaN] = [x0[i], x1[i]];
    found[i] = scale === "log" && from > 0 ? Math.sqrt(from) * Math.sqrt(to) : from / 2 + to / 2;
  }
  centresOf[scale].set(data, found);
  return found;
}

/** Whether x never goes back. It may after a resume. */
export function isAscending(data: LineData): boolean {
  let known = ascending.get(data);
  if (known === undefined) {
    known = goesUp(data.exact ? data.x : data.x0);
    ascending.set(data, known);
  }
  return known;
}

function goesUp(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) if ((x[i] ?? 0) < (x[i - 1] ?? 0)) return false;
  return true;
}

/** The first index whose x is at least `value`, or beyond it. */
export function lowerBound(x: Float64Array, value: number, isBeyond = false): number {
  let lo = 0;
  let hi = x.length;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    const at = x[middle] ?? 0;
    if (isBeyond ? at <= value : at < value) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}
