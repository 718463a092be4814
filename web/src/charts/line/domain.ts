/** Where the axes begin and end. */

import { drawnLine, hasPlace, isAscending, lowerBound, seenIndices } from "./drawn-line";
import { niceStep } from "./ticks";
import type { Domain, LineData, LineSeries, PartialDomain, ScaleKind } from "./types";

/** Smallest and largest x that has a place on the axis, over all series; null without any. */
export function xExtent(series: readonly LineSeries[], kind: ScaleKind): Domain | null {
  return union(series.map(({ data }) => dataExtent(data, kind).x));
}

/**
 * Smallest and largest value that has a place on the axis; null without any.
 *
 * @param within Only what is seen in this range of x counts: points in it, and the heights at
 *   which lines enter and leave it.
 */
export function yExtent(
  series: readonly LineSeries[],
  kind: ScaleKind,
  within: Domain | null,
  xKind: ScaleKind,
): Domain | null {
  return union(
    series.flatMap((one) => {
      const { data } = one;
      const whole = dataExtent(data, kind);
      const spills = within && wholeX(data, ([lo, hi]) => lo < within[0] || hi > within[1]);
      if (!spills) return [whole.y];
      return [valueExtent(data, kind, within), edgeExtent(one, kind, within, xKind)];
    }),
  );
}

/** Of the heights at which the lines and the band of a series cross the ends of a range. */
function edgeExtent(
  series: LineSeries,
  kind: ScaleKind,
  within: Domain,
  xKind: ScaleKind,
): Domain | null {
  if (!isAscending(series.data)) return null;
  const { x, y, smooth, min, max } = drawnLine(series, xKind, within);
  const curves: [Float64Array, Float64Array | null][] = [
    [x, y],
    [x, min],
    [x, max],
  ];
  if (smooth) curves.push([smooth.x, smooth.y]);
  const heights = curves.flatMap(([xs, ys]) =>
    ys ? within.map((at) => heightAt(xs, ys, at, xKind, kind)) : [],
  );
  return extentOf([Float64Array.from(heights)], kind);
}

/** Where the straight line between the points on both sides of `at` runs as the eye sees it. */
export function heightAt(
  xs: Float64Array,
  ys: Float64Array,
  at: number,
  xKind: ScaleKind,
  kind: ScaleKind,
): number {
  const i = lowerBound(xs, at);
  const [x0 = Number.NaN, x1 = Number.NaN] = [xs[i - 1], xs[i]];
  const [y0 = Number.NaN, y1 = Number.NaN] = [ys[i - 1], ys[i]];
  if (!hasPlace(y0, kind) || !hasPlace(y1, kind)) return Number.NaN;
  const place = (x: number) => (xKind === "log" ? Math.log(x) : x);
  const share = (place(at) - place(x0)) / (place(x1) - place(x0));
  if (kind === "log") return y0 ** (1 - share) * y1 ** share;
  return y0 * (1 - share) + y1 * share;
}

/** How many values at most are looked at to tell what is usual. */
const MAX_SAMPLE = 50_000;
/** Beyond these shares of the values, and half as much again, lie outliers. */
const USUAL: Domain = [0.05, 0.95];

/** The part of an extent where most values are. Evenly spread values keep all of it. */
export function withoutOutliers(
  extent: Domain,
  series: readonly LineSeries[],
  kind: ScaleKind,
): Domain {
  const total = series.reduce((sum, { data }) => sum + typical(data).length, 0);
  const every = Math.max(1, Math.ceil(total / MAX_SAMPLE));
  const sample: number[] = [];
  for (const { data } of series) {
    const values = typical(data);
    for (let i = 0; i < values.length; i += every) {
      const value = values[i] ?? Number.NaN;
      if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
      sample.push(kind === "log" ? Math.log10(value) : value);
    }
  }
  sample.sort((a, b) => a - b);
  const at = (share: number) => sample[Math.round(share * (sample.length - 1))] ?? 0;
  const [from, to] = [at(USUAL[0]), at(USUAL[1])];
  if (sample.length === 0 || !(to > from)) return extent;
  const reach = (to - from) / 2;
  const back = (v: number) => (kind === "log" ? 10 ** v : v);
  return [Math.max(extent[0], back(from - reach)), Math.min(extent[1], back(to + reach))];
}

function typical(data: LineData): Float64Array {
  return data.exact ? data.y : data.mean;
}

interface Extents {
  x: Domain | null;
  y: Domain | null;
}

/** Data never changes once it arrived, and is measured for every picture that it is in. */
const measured: Record<ScaleKind, WeakMap<LineData, Extents>> = {
  linear: new WeakMap(),
  log: new WeakMap(),
};

function dataExtent(data: LineData, kind: ScaleKind): Extents {
  let found = measured[kind].get(data);
  if (!found) {
    const xs = data.exact ? [data.x] : [data.x0, data.x1];
    found = { x: extentOf(xs, kind), y: valueExtent(data, kind, null) };
    measured[kind].set(data, found);
  }
  return found;
}

function wholeX(data: LineData, test: (x: Domain) => boolean): boolean {
  const { x } = dataExtent(data, "linear");
  return x !== null && test(x);
}

function valueExtent(data: LineData, kind: ScaleKind, within: Domain | null): Domain | null {
  const smooth = data.smooth ? [data.smooth] : [];
  // On a log axis a bucket may begin below zero while its mean is drawn.
  const values = data.exact ? [data.y] : [data.min, data.max, data.mean];
  const seen = within === null ? undefined : seenIndices(data, within);
  return extentOf([...values, ...smooth], kind, seen);
}

function extentOf(
  columns: readonly Float64Array[],
  kind: ScaleKind,
  seen?: readonly [number, number],
): Domain | null {
  const floor = kind === "log" ? 0 : Number.NEGATIVE_INFINITY;
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const column of columns) {
    const [from, to] = seen ?? [0, column.length];
    for (let i = from; i < to; i++) {
      const value = column[i] ?? Number.NaN;
      // NaN fails both comparisons, infinities the bounds.
      if (!(value > floor && value < Number.POSITIVE_INFINITY)) continue;
      if (value < lo) lo = value;
      if (value > hi) hi = value;
    }
  }
  return lo <= hi ? [lo, hi] : null;
}

function union(extents: readonly (Domain | null)[]): Domain | null {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const extent of extents) {
    if (!extent) continue;
    lo = Math.min(lo, extent[0]);
    hi = Math.max(hi, extent[1]);
  }
  return lo <= hi ? [lo, hi] : null;
}

/** The x axis for an extent. While live it ends at the next nice step, so it moves rarely. */
export function xDomain(
  extent: Domain | null,
  kind: ScaleKind,
  isLive: boolean,
  previous: Domain | null,
): Domain {
  if (extent === null) return previous ?? (kind === "log" ? [1, 10] : [0, 1]);
  const [lo, hi] = extent;
  if (lo === hi) return kind === "log" ? [lo / 2, hi * 2] : [lo - 0.5, hi + 0.5];
  if (!isLive) return extent;
  if (kind === "log")
    return previous && fits(log(extent), log(previous), 0.75) ? previous : [lo, stepUp(hi)];
  if (previous && fits(extent, previous, 0.75) && previous[0] === lo) return previous;
  const step = niceStep((hi - lo) / 8);
  return [lo, (Math.floor(hi / step) + 1) * step];
}

/** The y axis for an extent, on round numbers, unless the previous one still serves. */
export function yDomain(extent: Domain | null, kind: ScaleKind, previous: Domain | null): Domain {
  if (extent === null) return previous ?? (kind === "log" ? [0.1, 1] : [0, 1]);
  const nice = kind === "log" ? niceLog(extent) : niceLinear(extent);
  if (previous === null) return nice;
  const [old, data] = kind === "log" ? [log(previous), log(extent)] : [previous, extent];
  return fits(data, old, 0.6) ? previous : nice;
}

/** The domain with the ends that the person fixed; null where these leave nothing between them. */
export function fixedDomain(
  [from, to]: Domain,
  [lo, hi]: PartialDomain,
  kind: ScaleKind,
): Domain | null {
  const [a, b] = [lo ?? from, hi ?? to];
  if (a < b && (kind === "linear" || a > 0)) return [a, b];
  // One end beyond all values: the other keeps its distance.
  if (lo !== null && hi === null && (kind === "linear" || lo > 0)) {
    return kind === "log" ? [lo, lo * 10] : [lo, lo + (to - from || 1)];
  }
  if (hi !== null && lo === null && (kind === "linear" || hi > 0)) {
    return kind === "log" ? [hi / 10, hi] : [hi - (to - from || 1), hi];
  }
  return null;
}

function niceLinear([lo, hi]: Domain): Domain {
  if (lo === hi) {
    const half = lo === 0 ? 1 : Math.abs(lo) * 0.1;
    return [Math.max(lo - half, -Number.MAX_VALUE), Math.min(hi + half, Number.MAX_VALUE)];
  }
  if (!Number.isFinite(hi - lo)) return [lo, hi];
  // Finer than the ticks: a maximum just above a tick must not cost half the panel.
  const step = niceStep((hi - lo) / 10);
  const nice: Domain = [Math.floor(lo / step) * step, Math.ceil(hi / step) * step];
  return nice.every(Number.isFinite) ? nice : [lo, hi];
}

function niceLog([lo, hi]: Domain): Domain {
  const from = stepDown(lo);
  const to = stepUp(hi);
  if (from !== to) return [from, to];
  return [from / 10 || Number.MIN_VALUE, Math.min(to * 10, Number.MAX_VALUE)];
}

const LOG_STEPS = [1, 2, 5, 10];

function stepDown(value: number): number {
  const decade = decadeOf(value);
  const step =
    LOG_STEPS.findLast((s) => s * decade <= Math.min(value * (1 + 1e-9), Number.MAX_VALUE)) ?? 1;
  return step * decade;
}

/** Never zero: below 1e-323 the smallest number stands for it. */
function decadeOf(value: number): number {
  return 10 ** Math.floor(Math.log10(value)) || Number.MIN_VALUE;
}

function stepUp(value: number): number {
  const decade = decadeOf(value);
  const step = LOG_STEPS.find((s) => s * decade >= value * (1 - 1e-9)) ?? 10;
  return Math.min(step * decade, Number.MAX_VALUE);
}

function log([lo, hi]: Domain): Domain {
  return [Math.log10(lo), Math.log10(hi)];
}

/** `inner` lies within `outer` and fills at least `share` of it. */
function fits(inner: Domain, outer: Domain, share: number): boolean {
  return (
    inner[0] >= outer[0] &&
    inner[1] <= outer[1] &&
    inner[1] - inner[0] >= share * (outer[1] - outer[0])
  );
}
