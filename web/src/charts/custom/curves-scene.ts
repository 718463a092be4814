/** Lines, points, and the areas under curves. Pure. */
import { formatNumber } from "@/lib/format";
import type { AxisKind, Curve, CurvesFigure } from "./figure";
import { type AxisView, type Frame, type LegendEntry, layOutFrame, padded } from "./frame";
import type { CustomMark, CustomScene, Place, SceneView, Tip, TipRow } from "./scene";

/** Of several the grounds would cover each other. */
const MAX_FILLED = 1;
const MAX_ROWS = 12;
/** How far from a point the pointer may be. */
const REACH = 28;
/** Points that are joined are marked too, as long as they can be told apart. */
const MAX_MARKED = 40;

export function curvesScene(figure: CurvesFigure, view: SceneView): CustomScene {
  const { curves, isDots } = figure;
  const numRuns = new Set(curves.map(({ run }) => run)).size;
  const legend = numRuns > 1 ? runsAndGroups(curves) : curves.map((curve) => alone(curve, view));
  const frame = layOutFrame(
    axisView(figure.x, curves, "x", figure),
    axisView(figure.y, curves, "y", figure),
    legend.length > 1 || curves.some(({ area }) => area !== null) ? legend : [],
    view,
  );
  const marks: CustomMark[] = [...frame.marks];
  if (figure.hasDiagonal) marks.push(diagonal(frame));
  const pixels = curves.map((curve) => toPixels(curve, frame));
  for (const [i, curve] of curves.entries()) {
    const points = pixels[i] ?? new Float64Array();
    marks.push(...(isDots ? dots(curve, points) : joined(curve, points, frame, curves.length)));
  }
  const scene = { figure, view, frame, pixels, numRuns };
  return {
    width: view.width,
    height: view.height,
    marks,
    tipAt: (x, y) => (isDots ? tipAtDot(scene, x, y) : tipAtX(scene, x, y)),
    stops: stopsOf(pixels, isDots),
    domains: { x: frame.x.domain, y: frame.y.domain },
    values: curves.map((curve) => ({
      run: curve.run,
      name: curve.group ?? curve.runName,
      x: [...curve.x],
      y: [...curve.y],
    })),
  };
}

function axisView(
  kind: AxisKind,
  curves: readonly Curve[],
  side: "x" | "y",
  { isUnit, isDots }: CurvesFigure,
): AxisView {
  if (kind.categories) return { kind, domain: [-0.5, Math.max(0.5, kind.categories.length - 0.5)] };
  if (isUnit) return { kind, domain: [0, 1] };
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const curve of curves) {
    for (const value of curve[side]) {
      if (!Number.isFinite(value)) continue;
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
  }
  return { kind, domain: padded(lo, hi, side === "x" && !isDots ? 0 : 0.05) };
}

function alone({ group, runName, area, color }: Curve, { words }: SceneView): LegendEntry {
  const name = group ?? runName;
  return { name: area === null ? name : `${name} · ${words.area(formatNumber(area))}`, color };
}

/** Colours say which run, strokes say which of its curves. */
function runsAndGroups(curves: readonly Curve[]): LegendEntry[] {
  const entries = new Map<string, LegendEntry>();
  for (const { run, runName, color } of curves) entries.set(`run ${run}`, { name: runName, color });
  for (const { group, dash } of curves) {
    if (group !== null) entries.set(`group ${group}`, { name: group, color: "muted", dash });
  }
  return [...entries.values()];
}

function nameOf({ group, runName }: Curve, numRuns: number): string {
  if (group === null) return runName;
  return numRuns > 1 ? `${runName} · ${group}` : group;
}

function toPixels({ x, y }: Curve, frame: Frame): Float64Array {
  const points = new Float64Array(2 * x.length);
  for (let i = 0; i < x.length; i++) {
    const at = y[i] ?? Number.NaN;
    points[2 * i] = Number.isFinite(at) ? frame.x.toPixel(x[i] ?? 0) : Number.NaN;
    points[2 * i + 1] = Number.isFinite(at) ? frame.y.toPixel(at) : Number.NaN;
  }
  return points;
}

function joined(
  curve: Curve,
  points: Float64Array,
  { plot }: Frame,
  numCurves: number,
): CustomMark[] {
  const { color: ink, dash, group, runName } = curve;
  const id = group ?? runName;
  const line: CustomMark = { kind: "line", id, points, ink, width: 1.5, dash, opacity: 1 };
  const marks: CustomMark[] = [line];
  if (curve.area !== null && numCurves <= MAX_FILLED) {
    const edges = new Float64Array((points.length / 2) * 3);
    for (let i = 0; i < points.length / 2; i++) {
      edges[3 * i] = points[2 * i] ?? Number.NaN;
      edges[3 * i + 1] = points[2 * i + 1] ?? Number.NaN;
      edges[3 * i + 2] = plot.bottom;
    }
    marks.unshift({ kind: "band", id, edges, ink, opacity: 0.08 });
  }
  if (points.length / 2 <= MAX_MARKED && curve.area === null) marks.push(...dots(curve, points, 2));
  return marks;
}

function dots(curve: Curve, points: Float64Array, radius = 3): CustomMark[] {
  const opacity = points.length / 2 > 500 ? 0.45 : radius > 2 ? 0.75 : 1;
  const marks: CustomMark[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x = Number.NaN, y = 0] = [points[i], points[i + 1]];
    if (Number.isNaN(x)) continue;
    marks.push({ kind: "dot", id: curve.run, x, y, radius, ink: curve.color, opacity });
  }
  return marks;
}

function diagonal({ x, y }: Frame): CustomMark {
  const corners = [x.toPixel(0), y.toPixel(0), x.toPixel(1), y.toPixel(1)];
  const points = Float64Array.from(corners);
  return { kind: "line", id: "", points, ink: "faint", width: 1, dash: [4, 4], opacity: 1 };
}

interface Drawn {
  figure: CurvesFigure;
  view: SceneView;
  frame: Frame;
  pixels: readonly Float64Array[];
  numRuns: number;
}

/** All curves at the x that is nearest to the pointer. */
function tipAtX({ figure, frame, pixels, numRuns }: Drawn, x: number, y: number): Tip | null {
  if (!isInside(frame, x, y)) return null;
  const found = figure.curves.flatMap((curve, i) => {
    const points = pixels[i] ?? new Float64Array();
    const at = nearestInX(points, x, y);
    if (at < 0) return [];
    const [px = 0, py = 0] = [points[2 * at], points[2 * at + 1]];
    return { curve, at, px, py, away: Math.hypot(px - x, py - y) };
  });
  const nearest = found.toSorted((a, b) => a.away - b.away)[0];
  if (!nearest) return null;
  const shown = found.filter(({ px }) => Math.abs(px - nearest.px) < REACH);
  const rows = shown
    .toSorted((a, b) => a.py - b.py)
    .map(
      ({ curve, at }): TipRow => ({
        name: nameOf(curve, numRuns),
        value: say(figure.y, curve.y[at] ?? Number.NaN),
        color: curve.color,
        dash: curve.dash,
        isNearest: curve === nearest.curve,
      }),
    );
  const first = Math.max(0, rows.findIndex(({ isNearest }) => isNearest) - MAX_ROWS / 2);
  return {
    x: nearest.px,
    y: nearest.py,
    title: titled(figure.x, nearest.curve.x[nearest.at] ?? 0),
    rows: rows.slice(first, first + MAX_ROWS),
    rings: shown.map(({ curve, px, py }) => ({ x: px, y: py, color: curve.color })),
    box: null,
  };
}

function tipAtDot({ figure, pixels, numRuns }: Drawn, x: number, y: number): Tip | null {
  let best: { curve: Curve; at: number; px: number; py: number; away: number } | null = null;
  for (const [i, curve] of figure.curves.entries()) {
    const points = pixels[i] ?? new Float64Array();
    for (let at = 0; at < points.length / 2; at++) {
      const [px = 0, py = 0] = [points[2 * at], points[2 * at + 1]];
      const away = Math.hypot(px - x, py - y);
      if (away < (best?.away ?? REACH)) best = { curve, at, px, py, away };
    }
  }
  if (!best) return null;
  const { curve, at, px, py } = best;
  return {
    x: px,
    y: py,
    title: nameOf(curve, numRuns),
    rows: [
      { name: figure.x.title, value: say(figure.x, curve.x[at] ?? 0), color: null },
      { name: figure.y.title, value: say(figure.y, curve.y[at] ?? 0), color: null },
    ],
    rings: [{ x: px, y: py, color: curve.color }],
    box: null,
  };
}

/** Of several at one x, the nearest in y too: curves may rise straight up. */
function nearestInX(points: Float64Array, x: number, y: number): number {
  let [best, away] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < points.length / 2; i++) {
    const [px = Number.NaN, py = 0] = [points[2 * i], points[2 * i + 1]];
    const distance = Math.abs(px - x) + Math.abs(py - y) / 1e4;
    if (distance < away) [best, away] = [i, distance];
  }
  return best;
}

function isInside({ plot }: Frame, x: number, y: number): boolean {
  return x >= plot.left - 8 && x <= plot.right + 8 && y >= plot.top - 8 && y <= plot.bottom + TOUCH;
}

const TOUCH = 20;
const MAX_STOPS = 400;

function stopsOf(pixels: readonly Float64Array[], isDots: boolean): Place[] {
  const byPlace = new Map<string, Place>();
  for (const points of pixels) {
    for (let i = 0; i < points.length; i += 2) {
      const [x = Number.NaN, y = 0] = [points[i], points[i + 1]];
      if (Number.isNaN(x)) continue;
      const name = isDots ? `${Math.round(x)} ${Math.round(y)}` : String(Math.round(x));
      if (!byPlace.has(name)) byPlace.set(name, { x, y });
    }
  }
  const places = [...byPlace.values()].sort((a, b) => a.x - b.x || a.y - b.y);
  const every = Math.max(1, Math.ceil(places.length / MAX_STOPS));
  return places.filter((_, i) => i % every === 0);
}

function say({ categories }: AxisKind, value: number): string {
  return categories?.[value] ?? formatNumber(value);
}

function titled(axis: AxisKind, value: number): string {
  return axis.title === "" ? say(axis, value) : `${axis.title} ${say(axis, value)}`;
}
