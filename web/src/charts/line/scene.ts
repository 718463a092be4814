/**
 * A line chart as a plain list of marks: `(series, view) -> scene`.
 *
 * Pure. No canvas, no DOM, no clock; `draw-canvas.ts` and `draw-svg.ts` paint
 * the same scene, so a golden SVG vouches for the screen.
 */

import { xDomain, xExtent, yDomain, yExtent } from "./domain";
import { type EndLabel, endLabels } from "./end-labels";
import { createScale, type Scale } from "./scale";
import { type DrawnLine, drawnLine, seriesMarks } from "./series-marks";
import { textWidth } from "./text-width";
import { linearTicks, logTicks, type Tick, xTicks } from "./ticks";
import type { LineSeries, LineView } from "./types";

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
  /** Grid and axes, below the data. */
  under: Mark[];
  /** Curves and bands, clipped to the plot. */
  data: Mark[];
  /** Names at line ends, and marks that sit on the edge. */
  over: Mark[];
  /** The values behind the curves, as drawn. */
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
  const previous = view.previous;
  const yPrevious = previous && previous.yKind === view.y ? previous.y : null;
  const xs = view.zoom ?? xDomain(xExtent(series), view.isLive, previous?.x ?? null);
  const extent = yExtent(series, view.y);
  const ys = yDomain(extent, view.y, yPrevious);

  const numYTicks = Math.min(
    MAX_Y_TICKS,
    Math.max(2, Math.floor((view.height - TOP - BOTTOM) / 36)),
  );
  // Marks of NaN alone have no height: a scale beside them would be invented.
  const yTicks =
    extent === null ? [] : view.y === "log" ? logTicks(ys, numYTicks) : linearTicks(ys, numYTicks);
  const lines = series.map(drawnLine);
  const labels = endLabels(series, lines, view);
  const plot: Box = {
    left: Math.max(MIN_LEFT, Math.ceil(widest(yTicks)) + TICK_GAP + 4),
    top: TOP,
    right: view.width - Math.max(RIGHT, labels.width),
    bottom: view.height - BOTTOM,
  };
  const x = createScale("linear", xs, [plot.left, plot.right]);
  const y = createScale(view.y, ys, [plot.bottom, plot.top]);
  const numXTicks = Math.max(2, Math.floor((plot.right - plot.left) / 72));

  const { data, edge } = seriesMarks(series, lines, { x, y, plot, highlight: view.highlight });
  return {
    width: view.width,
    height: view.height,
    plot,
    x,
    y,
    under: [
      ...yAxis(yTicks, y, plot),
      ...xAxis(xTicks(view.x, xs, numXTicks), x, plot, view.width),
    ],
    data,
    over: [...edge, ...labelMarks(labels.place(y, plot), plot)],
    lines,
  };
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
