/** One series as marks: band, line, lone points, and triangles for NaN and infinity. */

import type { Scale } from "./scale";
import type { Box, GlyphShape, Mark } from "./scene";
import type { BucketData, ExactData, LineSeries } from "./types";

/** The values behind a curve, as drawn: the point of a bucket is its centre and mean. */
export interface DrawnLine {
  id: string;
  name: string;
  color: string;
  exact: boolean;
  x: Float64Array;
  y: Float64Array;
  /** Extremes of each bucket; null when every point is drawn. */
  min: Float64Array | null;
  max: Float64Array | null;
  /** x never goes back, so a pointer can search instead of scan. */
  isSorted: boolean;
}

interface Frame {
  x: Scale;
  y: Scale;
  plot: Box;
  highlight: string | null;
}

const BAND_OPACITY = 0.12;
const DIMMED = 0.2;
/** Lone points are dotted; so are all when they are this few. */
const FEW_POINTS = 24;
/** Triangles of one run closer than this would only blur. */
const GLYPH_SPACING = 7;

export function drawnLine({ id, name, color, data }: LineSeries): DrawnLine {
  const x = data.exact ? data.x : centres(data);
  return {
    id,
    name,
    color,
    exact: data.exact,
    x,
    y: data.exact ? data.y : data.mean,
    min: data.exact ? null : data.min,
    max: data.exact ? null : data.max,
    isSorted: x.every((value, i) => i === 0 || value >= (x[i - 1] ?? value)),
  };
}

export function seriesMarks(
  series: readonly LineSeries[],
  lines: readonly DrawnLine[],
  frame: Frame,
): { data: Mark[]; edge: Mark[] } {
  const bands: Mark[] = [];
  const curves: Mark[] = [];
  const edge: Mark[] = [];
  for (const [i, one] of series.entries()) {
    const line = lines[i];
    if (!line) continue;
    const isDimmed = frame.highlight !== null && frame.highlight !== one.id;
    const opacity = isDimmed ? DIMMED : 1;
    if (!one.data.exact) bands.push(band(one, one.data, line, frame, opacity * BAND_OPACITY));
    curves.push(...curve(one, line, frame, opacity));
    edge.push(...glyphs(one, line, frame, opacity));
  }
  // The highlighted run goes on top of the others.
  const isFront = (mark: Mark) => "id" in mark && mark.id === frame.highlight;
  const ordered = [...curves.filter((m) => !isFront(m)), ...curves.filter(isFront)];
  return { data: [...bands, ...ordered], edge };
}

function curve(series: LineSeries, line: DrawnLine, frame: Frame, opacity: number): Mark[] {
  const { id, color: ink, dash } = series;
  const points = new Float64Array(line.x.length * 2);
  for (let i = 0; i < line.x.length; i++) {
    const x = frame.x.toPixel(line.x[i] ?? Number.NaN);
    const y = frame.y.toPixel(line.y[i] ?? Number.NaN);
    const isOnPaper = Number.isFinite(x) && Number.isFinite(y);
    points[2 * i] = isOnPaper ? x : Number.NaN;
    points[2 * i + 1] = isOnPaper ? y : Number.NaN;
  }
  const width = frame.highlight === id ? 2 : 1.5;
  const marks: Mark[] = [{ kind: "line", id, points, ink, width, dash, opacity }];
  const dotAll = line.x.length <= FEW_POINTS;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] ?? Number.NaN;
    const y = points[i + 1] ?? Number.NaN;
    if (Number.isNaN(x)) continue;
    const isLone = isBreak(points[i - 2]) && isBreak(points[i + 2]);
    if (dotAll || isLone) marks.push({ kind: "dot", id, x, y, radius: 2, ink, opacity });
  }
  return marks;
}

function band(
  series: LineSeries,
  data: BucketData,
  line: DrawnLine,
  frame: Frame,
  opacity: number,
): Mark {
  const edges = new Float64Array(line.x.length * 3);
  for (let i = 0; i < line.x.length; i++) {
    const top = frame.y.toPixel(data.max[i] ?? Number.NaN);
    const low = frame.y.toPixel(data.min[i] ?? Number.NaN);
    // On a log axis a minimum below zero is off the paper: the band runs to the edge.
    const bottom = Number.isNaN(low) ? frame.plot.bottom : low;
    const isOnPaper = Number.isFinite(top) && Number.isFinite(bottom);
    edges[3 * i] = isOnPaper ? frame.x.toPixel(line.x[i] ?? Number.NaN) : Number.NaN;
    edges[3 * i + 1] = top;
    edges[3 * i + 2] = bottom;
  }
  return { kind: "band", id: series.id, edges, ink: series.color, opacity };
}

function glyphs(series: LineSeries, line: DrawnLine, frame: Frame, opacity: number): Mark[] {
  const lastAt: Record<GlyphShape, number> = { nan: -99, posinf: -99, neginf: -99 };
  const marks: Mark[] = [];
  const put = (shape: GlyphShape, value: number) => {
    const x = frame.x.toPixel(value);
    const { left, right, top, bottom } = frame.plot;
    if (x < left - 1 || x > right + 1 || x - lastAt[shape] < GLYPH_SPACING) return;
    lastAt[shape] = x;
    const y = shape === "posinf" ? top + 4 : bottom - 5;
    marks.push({ kind: "glyph", id: series.id, shape, x, y, ink: series.color, opacity });
  };
  for (let i = 0; i < line.x.length; i++) {
    const x = line.x[i] ?? Number.NaN;
    for (const shape of oddities(series.data, i)) put(shape, x);
  }
  return marks;
}

function oddities(data: ExactData | BucketData, i: number): GlyphShape[] {
  if (data.exact) {
    const y = data.y[i] ?? 0;
    if (Number.isNaN(y)) return ["nan"];
    if (y === Number.POSITIVE_INFINITY) return ["posinf"];
    return y === Number.NEGATIVE_INFINITY ? ["neginf"] : [];
  }
  const found: GlyphShape[] = [];
  if (data.nan?.[i]) found.push("nan");
  if (data.posinf?.[i]) found.push("posinf");
  if (data.neginf?.[i]) found.push("neginf");
  return found;
}

function centres(data: BucketData): Float64Array {
  return data.x0.map((x0, i) => (x0 + (data.x1[i] ?? x0)) / 2);
}

/** `undefined` is beyond the end; NaN is a lifted pen. */
function isBreak(pixel: number | undefined): boolean {
  return pixel === undefined || Number.isNaN(pixel);
}
