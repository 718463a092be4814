/** The way of a pen along a series, in pixels. */
import { lowerBound } from "./drawn-line";
import type { Scale } from "./scale";
import type { Box } from "./scene";

interface Paper {
  x: Scale;
  y: Scale;
  plot: Box;
}

interface Points {
  x: Float64Array;
  y: Float64Array;
}

/** Farther off the paper than this no line changes its direction visibly; canvases overflow later. */
const FAR = 20_000;
/** More points than so many in each pixel column are thinned. */
const MAX_PER_PIXEL = 3;

/**
 * @param isSorted x never goes back: then what lies beyond the paper is left out, but for one point
 *   on each side, and what would be drawn over itself is drawn once.
 * @returns x0, y0, x1, y1, …; a NaN pair lifts the pen, where a value has no place on the paper.
 */
export function tracePoints(points: Points, isSorted: boolean, paper: Paper): Float64Array {
  const count = Math.min(points.x.length, points.y.length);
  if (!isSorted) return trace(points, 0, count, paper);
  const [lo, hi] = paper.x.domain;
  const from = Math.max(0, lowerBound(points.x, lo) - 1);
  const to = Math.min(count, lowerBound(points.x, hi, true) + 1);
  const isDense = to - from > MAX_PER_PIXEL * (paper.plot.right - paper.plot.left);
  return isDense ? traceThinned(points, from, to, paper) : trace(points, from, to, paper);
}

function trace({ x: xs, y: ys }: Points, from: number, to: number, { x, y }: Paper): Float64Array {
  const traced = new Float64Array(2 * Math.max(0, to - from));
  let end = 0;
  for (let i = from; i < to; i++) {
    const px = x.toPixel(xs[i] ?? Number.NaN);
    const py = y.toPixel(ys[i] ?? Number.NaN);
    // The difference is finite where both are.
    const isOnPaper = Number.isFinite(px - py);
    traced[end++] = isOnPaper ? px : Number.NaN;
    traced[end++] = isOnPaper ? near(py) : Number.NaN;
  }
  return traced;
}

/**
 * Of each pixel column the first point, the lowest, the highest and the last. What a one-pixel pen
 * would cover anyway is not drawn twice, and no peak is lost.
 */
function traceThinned(
  { x: xs, y: ys }: Points,
  from: number,
  to: number,
  { x, y }: Paper,
): Float64Array {
  const pen = new Pen();
  let column = Number.NaN;
  for (let i = from; i < to; i++) {
    const px = x.toPixel(xs[i] ?? Number.NaN);
    const py = y.toPixel(ys[i] ?? Number.NaN);
    if (!Number.isFinite(px - py)) {
      pen.lift();
      column = Number.NaN;
    } else if (Math.floor(px) === column) {
      pen.pass(px, py);
    } else {
      column = Math.floor(px);
      pen.enter(px, py);
    }
  }
  pen.leave();
  return pen.traced();
}

/** Goes through one pixel column after the other. */
class Pen {
  #points = new Float64Array(4096);
  #end = 0;
  #isDown = false;
  #count = 0;
  #lastX = 0;
  #lastY = 0;
  #topX = 0;
  #topY = 0;
  #topAt = 0;
  #bottomX = 0;
  #bottomY = 0;
  #bottomAt = 0;

  enter(x: number, y: number): void {
    this.leave();
    this.#isDown = true;
    this.#count = 1;
    this.#lastX = x;
    this.#lastY = y;
    this.#topX = x;
    this.#topY = y;
    this.#topAt = 0;
    this.#bottomX = x;
    this.#bottomY = y;
    this.#bottomAt = 0;
    this.#put(x, y);
  }

  pass(x: number, y: number): void {
    this.#lastX = x;
    this.#lastY = y;
    if (y < this.#topY) {
      this.#topX = x;
      this.#topY = y;
      this.#topAt = this.#count;
    } else if (y > this.#bottomY) {
      this.#bottomX = x;
      this.#bottomY = y;
      this.#bottomAt = this.#count;
    }
    this.#count += 1;
  }

  /** The first point of the column is drawn already; now what else it needs. */
  leave(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    const last = this.#count - 1;
    const isTopFirst = this.#topAt < this.#bottomAt;
    if (isTopFirst) this.#putWithin(this.#topAt, last, this.#topX, this.#topY);
    this.#putWithin(this.#bottomAt, last, this.#bottomX, this.#bottomY);
    if (!isTopFirst) this.#putWithin(this.#topAt, last, this.#topX, this.#topY);
    if (last > 0) this.#put(this.#lastX, this.#lastY);
  }

  lift(): void {
    this.leave();
    if (this.#end === 0 || Number.isNaN(this.#points[this.#end - 1])) return;
    this.#put(Number.NaN, Number.NaN);
  }

  traced(): Float64Array {
    return this.#points.subarray(0, this.#end);
  }

  #putWithin(at: number, last: number, x: number, y: number): void {
    if (at > 0 && at < last) this.#put(x, y);
  }

  #put(x: number, y: number): void {
    if (this.#end + 2 > this.#points.length) {
      const larger = new Float64Array(2 * this.#points.length);
      larger.set(this.#points);
      this.#points = larger;
    }
    this.#points[this.#end++] = x;
    this.#points[this.#end++] = near(y);
  }
}

function near(y: number): number {
  return y > FAR ? FAR : y < -FAR ? -FAR : y;
}
