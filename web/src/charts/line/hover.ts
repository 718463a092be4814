/** What lies under the pointer. Pure: pixels and drawn lines in, rows out. */
import type { Scene } from "./scene";
import type { DrawnLine } from "./series-marks";

export interface HoverRow {
  id: string;
  name: string;
  color: string;
  x: number;
  y: number;
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
    const lineX = line.x[i];
    const y = line.y[i];
    if (lineX === undefined || y === undefined) continue;
    if (Math.abs(scene.x.toPixel(lineX) - atPixel) > REACH) continue;
    const { id, name, color } = line;
    rows.push({
      id,
      name,
      color,
      x: lineX,
      y,
      min: line.min?.[i] ?? null,
      max: line.max?.[i] ?? null,
    });
  }
  rows.sort(byValue);
  return { x, rows, nearest: pointerY === null ? null : nearestRow(scene, rows, pointerY) };
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

function nearestIndex(line: DrawnLine, x: number): number {
  return line.isSorted ? searchNearest(line.x, x) : scanNearest(line.x, x);
}

function searchNearest(xs: Float64Array, x: number): number {
  let lo = 0;
  let hi = xs.length - 1;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if ((xs[middle] ?? 0) < x) lo = middle + 1;
    else hi = middle;
  }
  const before = xs[lo - 1];
  const after = xs[lo];
  if (before === undefined || after === undefined) return lo;
  return x - before < after - x ? lo - 1 : lo;
}

/** Steps may go back after a resume; then nothing but a look at each point will do. */
function scanNearest(xs: Float64Array, x: number): number {
  let best = 0;
  for (let i = 1; i < xs.length; i++) {
    if (Math.abs((xs[i] ?? 0) - x) < Math.abs((xs[best] ?? 0) - x)) best = i;
  }
  return best;
}
