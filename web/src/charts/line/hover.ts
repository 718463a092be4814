/** What lies under the pointer. Pure: pixels and drawn lines in, rows out. */
import { type DrawnLine, lowerBound, shownPoints } from "./drawn-line";
import type { Scene } from "./scene";

export interface HoverRow {
  id: string;
  name: string;
  color: string;
  dash: readonly number[];
  x: number;
  /** What is drawn in full strength: the smoothed value where there is one. */
  y: number;
  /** The value behind a smoothed one; null without smoothing. */
  original: number | null;
  /** Extremes of the bucket under the pointer; null for an exact point. */
  min: number | null;
  max: number | null;
}

export interface Hover {
  x: number;
  /** Sorted by value, largest first; NaN last. */
  rows: HoverRow[];
  /** The row whose point is closest to the pointer. */
  nearest: string | null;
}

/** A line that ends this far from the pointer is not under it. */
const REACH = 14;

/** @param pointerY null when the crosshair comes from another panel. */
export function hoverAt(scene: Scene, x: number, pointerY: number | null): Hover {
  const atPixel = scene.x.toPixel(x);
  const rows: HoverRow[] = [];
  for (const line of scene.lines) {
    const i = nearestIndex(line, x);
    const lineX = shownPoints(line).x[i];
    if (i < 0 || lineX === undefined) continue;
    if (Math.abs(scene.x.toPixel(lineX) - atPixel) > REACH) continue;
    const { id, name, color, dash } = line;
    rows.push({
      id,
      name,
      color,
      dash,
      x: lineX,
      ...valueAt(line, i),
      min: line.min?.[i] ?? null,
      max: line.max?.[i] ?? null,
    });
  }
  rows.sort(byValue);
  return { x, rows, nearest: pointerY === null ? null : nearestRow(scene, rows, pointerY) };
}

/** Smoothing has nothing to say of NaN and the infinities: there the value itself stands. */
export function valueAt(
  { y, smooth }: DrawnLine,
  i: number,
): { y: number; original: number | null } {
  const value = y[i] ?? Number.NaN;
  const smoothed = smooth?.y[i] ?? Number.NaN;
  return Number.isNaN(smoothed) ? { y: value, original: null } : { y: smoothed, original: value };
}

function byValue(a: HoverRow, b: HoverRow): number {
  if (Number.isNaN(a.y)) return Number.isNaN(b.y) ? 0 : 1;
  if (Number.isNaN(b.y)) return -1;
  return b.y - a.y || 0;
}

function nearestRow(scene: Scene, rows: readonly HoverRow[], pointerY: number): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const { id, y } of rows) {
    const distance = Math.abs(scene.y.toPixel(y) - pointerY);
    if (distance < bestDistance) [best, bestDistance] = [id, distance];
  }
  return best;
}

/** The point of a line in the shown range whose x is closest; -1 without any. */
export function nearestIndex(line: DrawnLine, x: number): number {
  const [from, to] = line.seen;
  if (from >= to) return -1;
  const xs = shownPoints(line).x.subarray(from, to);
  return from + (line.isSorted ? searchNearest(xs, x) : scanNearest(xs, x));
}

function searchNearest(xs: Float64Array, x: number): number {
  const at = Math.min(lowerBound(xs, x), xs.length - 1);
  const before = xs[at - 1];
  const after = xs[at];
  if (before === undefined || after === undefined) return at;
  return x - before < after - x ? at - 1 : at;
}

/** Steps may go back after a resume; then nothing but a look at each point will do. */
function scanNearest(xs: Float64Array, x: number): number {
  let best = 0;
  for (let i = 1; i < xs.length; i++) {
    if (Math.abs((xs[i] ?? 0) - x) < Math.abs((xs[best] ?? 0) - x)) best = i;
  }
  return best;
}
