/** A workspace's charts as pure values: over which x, how smooth, how finely. */
import type { LoggedChart } from "@/api/custom-charts";
import type { MediaKind } from "@/api/media";
import type { Axis, Smoothing, Stream } from "@/api/types";
import type { Domain, PartialDomain, ScaleKind, XKind } from "@/charts/line/types";

export interface PanelKey {
  key: string;
  stream: Stream;
  /** The key it asks to be drawn over (`define_metric`). */
  x?: string | null | undefined;
  /** Only the rows of this writer, one host of several. */
  writer?: string | null | undefined;
  /** Drawn from a table, as the run says; no curve. */
  chart?: LoggedChart | undefined;
  /** Pictures, sounds and the like, run beside run; no curve. */
  media?: MediaKind | undefined;
}

/** What charts are drawn over: an axis, or the values of another key. */
export interface XChoice {
  axis: Axis;
  key: string | null;
}

/** What one panel does differently from the page; what is missing follows the page. */
export interface PanelChoice {
  x?: XChoice | undefined;
  xScale?: ScaleKind | undefined;
  yScale?: ScaleKind | undefined;
  smoothing?: Smoothing | null | undefined;
  ignoreOutliers?: boolean | undefined;
  /** The range of y fixed by hand. */
  y?: PartialDomain | undefined;
  /** The range of y that was zoomed to, until the zoom is reset. */
  zoomY?: Domain | undefined;
}

/** A range of x that all charts over the same x show. */
export interface Zoom {
  x: XChoice;
  range: Domain;
}

export interface ChartView {
  x: XChoice;
  xScale: ScaleKind;
  yScale: ScaleKind;
  /** null: off. */
  smoothing: Smoothing | null;
  ignoreOutliers: boolean;
  zoom: Zoom | null;
  /** By `panelId`. */
  panels: ReadonlyMap<string, PanelChoice>;
  /** The panel that fills the screen, by `panelId`; null for the grid. */
  enlarged: string | null;
}

export const BY_STEP: XChoice = { axis: "step", key: null };

export const DEFAULT_VIEW: ChartView = {
  x: BY_STEP,
  xScale: "linear",
  yScale: "linear",
  smoothing: null,
  ignoreOutliers: false,
  zoom: null,
  panels: new Map(),
  enlarged: null,
};

/** How one panel is drawn: the page's view with the panel's own choices. */
export interface PanelView {
  x: XChoice;
  xKind: XKind;
  xScale: ScaleKind;
  yScale: ScaleKind;
  smoothing: Smoothing | null;
  ignoreOutliers: boolean;
  yRange: PartialDomain;
  zoom: Domain | null;
}

const FREE: PartialDomain = [null, null];

export function panelView(view: ChartView, panel: PanelKey, id: string): PanelView {
  const own = view.panels.get(id) ?? {};
  const x = own.x ?? defaultX(view.x, panel);
  const xKind = x.key === null ? x.axis : "metric";
  return {
    x,
    xKind,
    // Seconds since 1970 on a log scale are a picture of nothing.
    xScale: xKind === "time" ? "linear" : (own.xScale ?? view.xScale),
    yScale: own.yScale ?? view.yScale,
    smoothing: own.smoothing === undefined ? view.smoothing : own.smoothing,
    ignoreOutliers: own.ignoreOutliers ?? view.ignoreOutliers,
    yRange: own.zoomY ?? own.y ?? FREE,
    zoom: view.zoom && isSameX(view.zoom.x, x) ? view.zoom.range : null,
  };
}

/** The key's own x where the page asks for nothing in particular. */
function defaultX(x: XChoice, { x: own, stream }: PanelKey): XChoice {
  // System metrics are sampled by the clock: they have no step, and no other key in their rows.
  if (stream === "system") return x.axis === "step" || x.key !== null ? RELATIVE : x;
  return own && isSameX(x, BY_STEP) ? { axis: "step", key: own } : x;
}

const RELATIVE: XChoice = { axis: "relative", key: null };

export function isSameX(a: XChoice, b: XChoice): boolean {
  return a.key === b.key && (a.key !== null || a.axis === b.axis);
}

/** The view after one panel chose differently; `undefined` follows the page again. */
export function choose(
  view: ChartView,
  id: string,
  change: PanelChoice,
): Pick<ChartView, "panels"> {
  const entries = Object.entries({ ...view.panels.get(id), ...change });
  const kept = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const panels = new Map(view.panels);
  if (Object.keys(kept).length === 0) panels.delete(id);
  else panels.set(id, kept);
  return { panels };
}

/** Zooms all charts over this x, and this panel also in y where both were selected. */
export function zoomTo(
  view: ChartView,
  id: string,
  x: XChoice,
  selection: { x: Domain; y: Domain | null },
): Partial<ChartView> {
  const zoom = { x, range: selection.x };
  return selection.y === null ? { zoom } : { zoom, ...choose(view, id, { zoomY: selection.y }) };
}

/** Everything as wide as it was, in x and, for all panels, in y. */
export function resetZoom(view: ChartView): Partial<ChartView> {
  let panels = view.panels;
  for (const id of view.panels.keys()) {
    panels = choose({ ...view, panels }, id, { zoomY: undefined }).panels;
  }
  return { panels, zoom: null };
}

export function isZoomed({ zoom, panels }: ChartView): boolean {
  return zoom !== null || [...panels.values()].some(({ zoomY }) => zoomY !== undefined);
}

/** What a panel draws: every point, or how many rows stand behind one bucket. */
export function thinning(series: readonly { exact: boolean; numRows: number; numDrawn: number }[]) {
  const ratios = series
    .filter(({ exact, numDrawn }) => !exact && numDrawn > 0)
    .map(({ numRows, numDrawn }) => numRows / numDrawn);
  if (ratios.length === 0) return null;
  const ratio = Math.max(...ratios);
  return ratio < 10 ? Number(ratio.toFixed(1)) : Math.round(ratio);
}

/**
 * How many buckets to ask for: about one per pixel, in two sizes, so that a
 * slightly resized window finds its series in memory.
 */
export function bucketsFor(width: number): number {
  return width <= 800 ? 800 : 1600;
}
