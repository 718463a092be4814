/** What goes into a line chart. Plain values; the chart fetches and decides nothing. */

/** Every point. `y` may hold NaN and infinities. */
export interface ExactData {
  exact: true;
  numRows: number;
  x: Float64Array;
  y: Float64Array;
}

/** Buckets that keep their extremes; `x0`..`x1` is the true extent of each. */
export interface BucketData {
  exact: false;
  numRows: number;
  x0: Float64Array;
  x1: Float64Array;
  min: Float64Array;
  max: Float64Array;
  mean: Float64Array;
  nan: Uint32Array | null;
  posinf: Uint32Array | null;
  neginf: Uint32Array | null;
}

export interface LineSeries {
  id: string;
  name: string;
  color: string;
  /** Dash pattern in pixels; empty is solid. */
  dash: readonly number[];
  data: ExactData | BucketData;
}

export type XKind = "step" | "relative" | "time";
export type YScaleKind = "linear" | "log";
export type Domain = readonly [lo: number, hi: number];

export interface LineView {
  width: number;
  height: number;
  x: XKind;
  y: YScaleKind;
  /** The range that the person zoomed to; null shows everything. */
  zoom: Domain | null;
  /** Data is still coming: leave room on the right and move axes in steps. */
  isLive: boolean;
  /** The run under the pointer elsewhere; the others step back. */
  highlight: string | null;
  /** What the axes showed before, so that they hold still while they can. */
  previous: { x: Domain; y: Domain; yKind: YScaleKind } | null;
}
