/** Where the axes begin and end. */

import { niceStep } from "./ticks";
import type { Domain, LineSeries, YScaleKind } from "./types";

/** Smallest and largest finite x over all series; null without any. */
export function xExtent(series: readonly LineSeries[]): Domain | null {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { data } of series) {
    const [starts, ends] = data.exact ? [data.x, data.x] : [data.x0, data.x1];
    for (const x of starts) if (x < lo) lo = x;
    for (const x of ends) if (x > hi) hi = x;
  }
  return lo <= hi ? [lo, hi] : null;
}

/** Smallest and largest value that has a place on the axis; null without any. */
export function yExtent(series: readonly LineSeries[], kind: YScaleKind): Domain | null {
  const floor = kind === "log" ? 0 : Number.NEGATIVE_INFINITY;
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  const see = (value: number) => {
    if (!Number.isFinite(value) || value <= floor) return;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  };
  for (const { data } of series) {
    if (data.exact) data.y.forEach(see);
    else {
      data.min.forEach(see);
      data.max.forEach(see);
      // On a log axis a bucket may begin below zero while its mean is drawn.
      data.mean.forEach(see);
    }
  }
  return lo <= hi ? [lo, hi] : null;
}

/** The x axis for an extent. While live it ends at the next nice step, so it moves rarely. */
export function xDomain(extent: Domain | null, isLive: boolean, previous: Domain | null): Domain {
  if (extent === null) return previous ?? [0, 1];
  const [lo, hi] = extent;
  if (lo === hi) return [lo - 0.5, hi + 0.5];
  if (!isLive) return extent;
  if (previous && fits(extent, previous, 0.75) && previous[0] === lo) return previous;
  const step = niceStep((hi - lo) / 8);
  return [lo, (Math.floor(hi / step) + 1) * step];
}

/** The y axis for an extent, on round numbers, unless the previous one still serves. */
export function yDomain(extent: Domain | null, kind: YScaleKind, previous: Domain | null): Domain {
  if (extent === null) return previous ?? (kind === "log" ? [0.1, 1] : [0, 1]);
  const nice = kind === "log" ? niceLog(extent) : niceLinear(extent);
  if (previous === null) return nice;
  const [old, data] = kind === "log" ? [log(previous), log(extent)] : [previous, extent];
  return fits(data, old, 0.6) ? previous : nice;
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
