/** Series as marks: bands, lines, lone points, and triangles for NaN and infinity. */
import { type DrawnLine, lowerBound, shownPoints } from "./drawn-line";
import type { Scale } from "./scale";
import type { Box, GlyphShape, Mark } from "./scene";
import { tracePoints } from "./trace";
import type { BucketData, ExactData, LineSeries } from "./types";

interface Frame {
  x: Scale;
  y: Scale;
  plot: Box;
}

const BAND_OPACITY = 0.12;
/** The unsmoothed line behind the smoothed one. */
const ORIGINAL_OPACITY = 0.25;
const WIDTH = 1.5;
const SOLID: readonly number[] = [];
/** Beyond so many series bands and originals add up to fog; the one pointed at still shows its own. */
export const MAX_SHADED = 24;
/** Beyond so many, solid hairlines: they are told apart by pointing, and dashes cost. */
const MAX_WIDE = 64;
/** Lone points are dotted; so are all when they are this few. */
const FEW_POINTS = 24;
/** A band ends so far off the paper, however far its values go. */
const BEYOND = 100;
/** Triangles of one run closer than this would only blur. */
const GLYPH_SPACING = 7;

export interface SeriesMarks {
  /** To be clipped to the plot. */
  data: Mark[];
  /** On the plot's edges. */
  edge: Mark[];
}

export function seriesMarks(
  series: readonly LineSeries[],
  lines: readonly DrawnLine[],
  frame: Frame,
): SeriesMarks {
  const isShaded = series.length <= MAX_SHADED;
  const isWide = series.length <= MAX_WIDE;
  const bands: Mark[] = [];
  const originals: Mark[] = [];
  const curves: Mark[] = [];
  const edge: Mark[] = [];
  for (const [i, one] of series.entries()) {
    const line = lines[i];
    if (!line) continue;
    if (isShaded) bands.push(...band(line, frame));
    if (isShaded) originals.push(...original(one, line, frame));
    curves.push(...curve(isWide ? one : { ...one, dash: SOLID }, line, frame, isWide ? WIDTH : 1));
    edge.push(...glyphs(one, line, frame));
  }
  return { data: [...bands, ...originals, ...curves], edge };
}

/** One series on its own, brought forward: with all that was left out among many. */
export function frontMarks(series: LineSeries, line: DrawnLine, frame: Frame): SeriesMarks {
  return {
    data: [
      ...band(line, frame),
      ...original(series, line, frame),
      ...curve(series, line, frame, WIDTH + 0.5),
    ],
    edge: glyphs(series, line, frame),
  };
}

function original({ id, color: ink, dash }: LineSeries, line: DrawnLine, frame: Frame): Mark[] {
  if (line.smooth === null) return [];
  const points = tracePoints(line, line.isSorted, frame);
  return [{ kind: "line", id, points, ink, width: 1, dash, opacity: ORIGINAL_OPACITY }];
}

function curve(series: LineSeries, line: DrawnLine, frame: Frame, width: number): Mark[] {
  const { id, color: ink, dash } = series;
  const points = tracePoints(shownPoints(line), line.isSorted, frame);
  const marks: Mark[] = [{ kind: "line", id, points, ink, width, dash, opacity: 1 }];
  const dotAll = line.x.length <= FEW_POINTS && width >= WIDTH;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] ?? Number.NaN;
    const y = points[i + 1] ?? Number.NaN;
    if (Number.isNaN(x)) continue;
    const isLone = isBreak(points[i - 2]) && isBreak(points[i + 2]);
    if (dotAll || isLone) marks.push({ kind: "dot", id, x, y, radius: 2, ink, opacity: 1 });
  }
  return marks;
}

function band(line: DrawnLine, frame: Frame): Mark[] {
  const { min, max } = line;
  if (min === null || max === null) return [];
  const edges = new Float64Array(line.x.length * 3);
  for (let i = 0; i < line.x.length; i++) {
    const top = frame.y.toPixel(max[i] ?? Number.NaN);
    const low = frame.y.toPixel(min[i] ?? Number.NaN);
    // On a log axis a minimum below zero is off the paper: the band runs to the edge.
    const bottom = Number.isNaN(low) ? frame.plot.bottom : low;
    const isOnPaper = Number.isFinite(top) && Number.isFinite(bottom);
    edges[3 * i] = isOnPaper ? frame.x.toPixel(line.x[i] ?? Number.NaN) : Number.NaN;
    edges[3 * i + 1] = Math.max(top, frame.plot.top - BEYOND);
    edges[3 * i + 2] = Math.min(bottom, frame.plot.bottom + BEYOND);
  }
  return [{ kind: "band", id: line.id, edges, ink: line.color, opacity: BAND_OPACITY }];
}

function glyphs(series: LineSeries, line: DrawnLine, frame: Frame): Mark[] {
  const lastAt: Record<GlyphShape, number> = { nan: -99, posinf: -99, neginf: -99 };
  const marks: Mark[] = [];
  const put = (shape: GlyphShape, value: number) => {
    const x = frame.x.toPixel(value);
    const { left, right, top, bottom } = frame.plot;
    if (!(x >= left - 1 && x <= right + 1) || x - lastAt[shape] < GLYPH_SPACING) return;
    lastAt[shape] = x;
    const y = shape === "posinf" ? top + 4 : bottom - 5;
    marks.push({ kind: "glyph", id: series.id, shape, x, y, ink: series.color, opacity: 1 });
  };
  const { data } = series;
  if (!data.exact && !data.nan && !data.posinf && !data.neginf) return marks;
  const [from, to] = line.isSorted
    ? [lowerBound(line.x, frame.x.domain[0]), lowerBound(line.x, frame.x.domain[1], true)]
    : [0, line.x.length];
  for (let i = from; i < to; i++) {
    // A value minus itself is NaN only for what is marked here; nearly all values are none.
    if (data.exact && (data.y[i] ?? 0) - (data.y[i] ?? 0) === 0) continue;
    const x = line.x[i] ?? Number.NaN;
    for (const shape of oddities(data, i)) put(shape, x);
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

/** `undefined` is beyond the end; NaN is a lifted pen. */
function isBreak(pixel: number | undefined): boolean {
  return pixel === undefined || Number.isNaN(pixel);
}
