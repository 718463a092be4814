/** A line in a few figures, for legends: of what is in the shown range. */
import { type DrawnLine, shownPoints } from "./drawn-line";
import { endValue } from "./end-labels";
import { nearestIndex, valueAt } from "./hover";

export interface LineStats {
  /** Of the values as logged, smoothed or not; null without a finite one. */
  min: number | null;
  max: number | null;
  /** As drawn. */
  last: number | null;
}

export function lineStats(line: DrawnLine): LineStats {
  return {
    min: extreme((line.min ?? line.y).subarray(...line.seen), Math.min),
    max: extreme((line.max ?? line.y).subarray(...line.seen), Math.max),
    last: endValue(line),
  };
}

function extreme(values: Float64Array, pick: (a: number, b: number) => number): number | null {
  let found: number | null = null;
  for (const value of values) {
    if (Number.isFinite(value)) found = found === null ? value : pick(found, value);
  }
  return found;
}

/** The value as drawn at the point nearest to x; null for a line that is empty or ends before it. */
export function valueNear(line: DrawnLine, x: number): number | null {
  const xs = shownPoints(line).x.subarray(...line.seen);
  const i = nearestIndex(line, x);
  const [last, before] = [xs.at(-1), xs.at(-2)];
  if (last === undefined) return null;
  const reach = Math.abs(last - (before ?? last));
  return x > last + reach ? null : valueAt(line, i).y;
}
