/**
 * A line chart as a plain list of marks: `(series, view) -> scene`.
 *
 * Pure. No canvas, no DOM, no clock; `draw-canvas.ts` and `draw-svg.ts` paint
 * the same scene, so a golden SVG vouches for the screen.
 */

import { fixedDomain, withoutOutliers, xDomain, xExtent, yDomain, yExtent } from "./domain";
import { type DrawnLine, drawnLine } from "./drawn-line";
import { type EndLabel, endLabels } from "./end-labels";
import { createScale, type Scale } from "./scale";
import { frontMarks, type SeriesMarks, seriesMarks } from "./series-marks";
import { textWidth } from "./text-width";
import { linearTicks, logTicks, type Tick, xTicks } from "./ticks";
import type { Domain, LineSeries, LineView, ScaleKind } from "./types";

/** The theme colours these. */
export type InkRole = "grid" | "axis" | "muted" | "faint" | "text" | "ground";
/** A role, or a colour of its own. */
export type Ink = InkRole | (string & {});

export type GlyphShape = "nan" | "posinf" | "neginf";

export type Mark =
  | { kind: "rule"; x1: number; y1: number; x2: number; y2: number; ink: Ink }
  | {
      kind: "text";
      x: number;
      y: number;
      text: string;
      ink: Ink;
      align: "left" | "center" | "right";
      isStrong?: boolean;
    }
  | { kind: "dot"; id: string; x: number; y: number; radius: number; ink: Ink; opacity: number }
  | {
      kind: "glyph";
      id: string;
      shape: GlyphShape;
      x: number;
      y: number;
      ink: Ink;
      opacity: number;
    }
  | {
      kind: "line";
      id: string;
      /** x0, y0, x1, y1, … in pixels; a NaN pair lifts the pen. */
      points: Float64Array;
      ink: Ink;
      width: number;
      dash: readonly number[];
      opacity: number;
    }
  | {
      kind: "band";
      id: string;
      /** x, top, bottom triples in pixels; a NaN triple ends one piece. */
      edges: Float64Array;
      ink: Ink;
      opacity: number;
    };

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Scene {
  width: number;
  height: number;
  plot: Box;
  x: Scale;
  y: Scale;
  /** What y would show without the range that the person fixed. */
  free: Domain;
  /** Grid and axes, below the data. */
  under: Mark[];
  /** Curves and bands, clipped to the plot. */
  data: Mark[];
  /** Triangles on the plot's edges. */
  edge: Mark[];
  /** Names at line ends. */
  labels: Mark[];
  /** What is drawn, and the values behind it. */
  series: readonly LineSeries[];
  lines: DrawnLine[];
}

const TOP = 8;
const BOTTOM = 22;
const MIN_LEFT = 36;
const RIGHT = 18;
const TICK_GAP = 6;
/** More lines across a large chart would be a fence, not a scale. */
const MAX_Y_TICKS = 8;

export function buildScene(series: readonly LineSeries[], view: LineView): Scene {
  const { xScale, yScale } = view;
  const axes = chooseAxes(series, view);
  const [top, bottom] = [view.above + TOP, view.height - view.below - BOTTOM];
  const numYTicks = Math.min(MAX_Y_TICKS, Math.max(2, Math.floor((bottom - top) / 36)));
  const yTicks = axes.isBlank ? [] : ticksOf(yScale, axes.y, numYTicks);
  const lines = series.map((one) => drawnLine(one, xScale, axes.shown));
  const labels = endLabels(series, lines, view, axes.shown);
  const plot: Box = {
    left: Math.max(MIN_LEFT, Math.ceil(widest(yTicks)) + TICK_GAP + 4),
    top,
    right: view.width - Math.max(RIGHT, labels.width),
    bottom,
  };
  const x = createScale(xScale, axes.x, [plot.left, plot.right]);
  const y = createScale(yScale, axes.y, [plot.bottom, plot.top]);
  // Decades have short labels.
  const perTick = xScale === "log" ? 40 : 72;
  const numXTicks = Math.max(2, Math.floor((plot.right - plot.left) / perTick));
  return {
    width: view.width,
    height: view.height,
    plot,
    x,
    y,
    free: axes.free,
    under: [
      ...yAxis(yTicks, y, plot),
      ...xAxis(xTicks(view.x, xScale, axes.x, numXTicks), x, plot, view.width),
    ],
    ...seriesMarks(series, lines, { x, y, plot }),
    labels: labelMarks(labels.place(y, plot), plot),
    series,
    lines,
  };
}

const fronts = new WeakMap<Scene, Map<string, SeriesMarks>>();

/** The marks of one series brought forward; the painter fades the others. Made once for a scene. */
export function frontOf(scene: Scene, id: string): SeriesMarks | null {
  const known = fronts.get(scene) ?? new Map<string, SeriesMarks>();
  fronts.set(scene, known);
  const made = known.get(id);
  if (made) return made;
  const at = scene.lines.findIndex((line) => line.id === id);
  const [series, line] = [scene.series[at], scene.lines[at]];
  if (!series || !line) return null;
  const marks = frontMarks(series, line, scene);
  known.set(id, marks);
  return marks;
}

/** `shown`: the range that was zoomed to. `isBlank`: no value has a height. */
function chooseAxes(series: readonly LineSeries[], view: LineView) {
  const { xScale, yScale, zoom, previous } = view;
  const before = {
    x: previous?.xScale === xScale ? previous.x : null,
    y: previous?.yScale === yScale ? previous.y : null,
  };
  const reach = xExtent(series, xScale);
  const shown = zoom && placeOn(xScale, zoom, reach);
  const x = shown ?? xDomain(reach, xScale, view.isLive, before.x);
  const whole = yExtent(series, yScale, shown, xScale);
  const extent = whole && view.ignoreOutliers ? withoutOutliers(whole, series, yScale) : whole;
  const free = yDomain(extent, yScale, before.y);
  const fixed = fixedDomain(free, view.yRange, yScale);
  const isFixed = view.yRange[0] !== null || view.yRange[1] !== null;
  // Marks of NaN alone have no height: a scale beside them would be invented.
  return { x, y: fixed ?? free, free, shown, isBlank: extent === null && !isFixed };
}

/** A range that was chosen on a linear axis may begin where a logarithmic one has no place. */
function placeOn(kind: ScaleKind, [lo, hi]: Domain, reach: Domain | null): Domain | null {
  if (kind === "linear" || lo > 0) return [lo, hi];
  const first = reach?.[0] ?? Number.POSITIVE_INFINITY;
  return first < hi ? [first, hi] : null;
}

function ticksOf(kind: ScaleKind, domain: Domain, count: number): Tick[] {
  return kind === "log" ? logTicks(domain, count) : linearTicks(domain, count);
}

function yAxis(ticks: readonly Tick[], y: Scale, plot: Box): Mark[] {
  return ticks.flatMap(({ value, label }): Mark[] => {
    const at = crisp(y.toPixel(value));
    return [
      { kind: "rule", x1: plot.left, y1: at, x2: plot.right, y2: at, ink: "grid" },
      { kind: "text", x: plot.left - TICK_GAP, y: at, text: label, ink: "muted", align: "right" },
    ];
  });
}

function xAxis(ticks: readonly Tick[], x: Scale, plot: Box, width: number): Mark[] {
  const base = crisp(plot.bottom);
  const marks: Mark[] = [
    { kind: "rule", x1: plot.left, y1: base, x2: plot.right, y2: base, ink: "axis" },
  ];
  for (const { value, label } of ticks) {
    const at = x.toPixel(value);
    marks.push({ kind: "rule", x1: crisp(at), y1: base, x2: crisp(at), y2: base + 4, ink: "axis" });
    const half = textWidth(label) / 2;
    // A label that would leave the panel is moved inside, not cut.
    const inside = Math.min(Math.max(at, half + 2), width - half - 2);
    marks.push({
      kind: "text",
      x: inside,
      y: base + 13,
      text: label,
      ink: "muted",
      align: "center",
    });
  }
  return marks;
}

function labelMarks(labels: readonly EndLabel[], plot: Box): Mark[] {
  return labels.flatMap(({ id, text, color, y }): Mark[] => [
    { kind: "dot", id, x: plot.right + 9, y, radius: 2.5, ink: color, opacity: 1 },
    { kind: "text", x: plot.right + 15, y, text, ink: "muted", align: "left" },
  ]);
}

function widest(ticks: readonly Tick[]): number {
  return ticks.reduce((width, { label }) => Math.max(width, textWidth(label)), 0);
}

/** Half-pixel positions keep hairlines one pixel wide. */
function crisp(at: number): number {
  return Math.round(at - 0.5) + 0.5;
}
