/** What goes into a line chart. Plain values; the chart fetches and decides nothing. */

/** Every point. `y` may hold NaN and infinities. */
export interface ExactData {
  exact: true;
  numRows: number;
  x: Float64Array;
  y: Float64Array;
  /** The smoothed value at each point; null where nobody asked for smoothing. */
  smooth: Float64Array | null;
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
  smooth: Float64Array | null;
}

export type LineData = ExactData | BucketData;

export interface LineSeries {
  id: string;
  name: string;
  color: string;
  /** Dash pattern in pixels; empty is solid. */
  dash: readonly number[];
  data: LineData;
}

/** What x counts: decides how ticks and titles are written. */
export type XKind = "step" | "relative" | "time" | "metric";
export type ScaleKind = "linear" | "log";
export type Domain = readonly [lo: number, hi: number];
/** A range whose ends may be left to the data. */
export type PartialDomain = readonly [lo: number | null, hi: number | null];

export interface Axes {
  x: Domain;
  y: Domain;
  xScale: ScaleKind;
  yScale: ScaleKind;
}

export interface LineView {
  width: number;
  height: number;
  x: XKind;
  xScale: ScaleKind;
  yScale: ScaleKind;
  /** The range that the person zoomed to; null shows everything. */
  zoom: Domain | null;
  /** The range of y that the person wants; null ends follow the data. */
  yRange: PartialDomain;
  /** Scale y to where most values are; what lies beyond leaves the plot. */
  ignoreOutliers: boolean;
  /** Data is still coming: leave room on the right and move axes in steps. */
  isLive: boolean;
  /** What the axes showed before, so that they hold still while they can. */
  previous: Axes | null;
  /** Empty space above and below, for a title and a legend. */
  above: number;
  below: number;
}
