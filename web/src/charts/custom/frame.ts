/** Axes, their titles and the legend of a custom chart. Pure. */
import { createScale, type Scale } from "../line/scale";
import type { Box } from "../line/scene";
import { fitText, LABEL_SIZE, textWidth } from "../line/text-width";
import { linearTicks, type Tick } from "../line/ticks";
import type { Domain } from "../line/types";
import type { AxisKind } from "./figure";
import type { CustomMark, SceneView } from "./scene";

export interface AxisView {
  kind: AxisKind;
  domain: Domain;
}

export interface LegendEntry {
  name: string;
  color: string;
  dash?: readonly number[];
}

export interface Frame {
  plot: Box;
  x: Scale;
  y: Scale;
  marks: CustomMark[];
}

const TITLE = 18;
const TICKS = 20;
const LINE = 16;
const EDGE = 12;
const SWATCH = 18;
const GAP = 14;
const MAX_NAME = 180;
const MAX_LEFT = 0.38;
/** Of a chart in which lines of words leave too little for the picture. */
const LOW = 240;

/**
 * Horizontal words alone: the title of y stands above its axis, and in a low chart that of x beside
 * it.
 */
export function layOutFrame(
  x: AxisView,
  y: AxisView,
  legend: readonly LegendEntry[],
  view: SceneView,
): Frame {
  const { width, height } = view;
  const rows = legendMarks(legend, view);
  const isLow = height < LOW;
  const top = y.kind.title === "" && !(isLow && x.kind.title !== "") ? 8 : TITLE + 6;
  const bottom = height - rows.height - TICKS - (x.kind.title === "" || isLow ? 2 : TITLE - 2);
  const yTicks = ticksOf(
    y,
    Math.min(8, Math.max(2, Math.floor((bottom - top) / 36))),
    bottom - top,
  );
  const widest = Math.max(20, ...yTicks.map(({ label }) => textWidth(label)));
  const left = EDGE + Math.ceil(Math.min(widest, width * MAX_LEFT)) + 6;
  const plot: Box = { left, top, right: Math.max(left + 10, width - 16), bottom };
  const [toX, toY] = [
    createScale("linear", x.domain, [plot.left, plot.right]),
    createScale("linear", y.domain, [plot.bottom, plot.top]),
  ];
  const marks: CustomMark[] = [...rows.marks];
  for (const { value, label } of yTicks) {
    const at = Math.round(toY.toPixel(value)) + 0.5;
    marks.push({ kind: "rule", x1: plot.left, y1: at, x2: plot.right, y2: at, ink: "grid" });
    const text = fitText(label, width * MAX_LEFT);
    marks.push({ kind: "text", x: plot.left - 6, y: at, text, ink: "muted", align: "right" });
  }
  marks.push(...xTickMarks(x, plot, toX));
  marks.push({
    kind: "rule",
    x1: plot.left,
    y1: plot.bottom + 0.5,
    x2: plot.right,
    y2: plot.bottom + 0.5,
    ink: "axis",
  });
  marks.push(...titleMarks(x.kind.title, y.kind.title, plot, isLow));
  return { plot, x: toX, y: toY, marks };
}

function titleMarks(
  x: string,
  y: string,
  { left, right, bottom }: Box,
  isLow: boolean,
): CustomMark[] {
  const marks: CustomMark[] = [];
  const half = (right - EDGE) / 2 - GAP;
  if (x !== "" && isLow) {
    const text = fitText(`${x} →`, y === "" ? right - EDGE : half);
    marks.push({ kind: "text", x: right, y: TITLE / 2, text, ink: "muted", align: "right" });
  } else if (x !== "") {
    const text = fitText(x, right - left);
    const at = bottom + TICKS + LABEL_SIZE / 2 + 1;
    marks.push({ kind: "text", x: (left + right) / 2, y: at, text, ink: "muted", align: "center" });
  }
  if (y !== "") {
    const text = fitText(y, isLow && x !== "" ? half : right - EDGE);
    marks.push({ kind: "text", x: EDGE, y: TITLE / 2, text, ink: "muted", align: "left" });
  }
  return marks;
}

function xTickMarks(axis: AxisView, plot: Box, scale: Scale): CustomMark[] {
  const width = plot.right - plot.left;
  const ticks = ticksOf(axis, Math.max(2, Math.floor(width / 72)), width);
  const marks: CustomMark[] = [];
  const room = axis.kind.categories ? width / Math.max(1, ticks.length) - 6 : width;
  let end = Number.NEGATIVE_INFINITY;
  for (const { value, label } of ticks) {
    const text = fitText(label, Math.max(24, room));
    const half = textWidth(text) / 2;
    const at = Math.min(Math.max(scale.toPixel(value), half + 2), plot.right + 14 - half);
    // A label that touches the one before says less than none.
    if (at - half < end + 6) continue;
    end = at + half;
    marks.push({ kind: "text", x: at, y: plot.bottom + 12, text, ink: "muted", align: "center" });
  }
  return marks;
}

/** Round numbers, or names: as many as there is room for. */
function ticksOf({ kind, domain }: AxisView, count: number, pixels: number): Tick[] {
  if (kind.categories === null) {
    const ticks = linearTicks(domain, count);
    // One label says nothing of a scale.
    return ticks.length < 2 ? linearTicks(domain, 2 * count) : ticks;
  }
  const every = Math.max(
    1,
    Math.ceil(kind.categories.length / Math.max(1, Math.floor(pixels / 18))),
  );
  return kind.categories.flatMap((label, value) => (value % every === 0 ? { value, label } : []));
}

/** Room around what is drawn; something also where all values are one. */
export function padded(lo: number, hi: number, part = 0.05): Domain {
  if (!(lo <= hi)) return [0, 1];
  if (lo === hi) return lo === 0 ? [-1, 1] : [lo - Math.abs(lo) / 2, lo + Math.abs(lo) / 2];
  const margin = (hi - lo) * part;
  return [lo - margin, hi + margin];
}

/** Names in lines at the foot, like words; what does not fit is counted. */
export function legendMarks(
  legend: readonly LegendEntry[],
  { width, height, words }: SceneView,
): { marks: CustomMark[]; height: number } {
  if (legend.length === 0) return { marks: [], height: 0 };
  const maxLines = height > 380 ? 5 : height < LOW ? 1 : 2;
  const right = width - EDGE;
  const placed: { entry: LegendEntry | null; text: string; x: number; line: number }[] = [];
  let [x, line] = [EDGE, 0];
  for (const [i, entry] of legend.entries()) {
    const text = fitText(entry.name, Math.min(MAX_NAME, right - EDGE - SWATCH));
    const needed = SWATCH + textWidth(text);
    const isLast = i === legend.length - 1;
    const rest = isLast ? 0 : textWidth(words.more(legend.length)) + GAP;
    if (x > EDGE && x + needed > right && line < maxLines - 1) [x, line] = [EDGE, line + 1];
    if (line === maxLines - 1 && x > EDGE && x + needed + rest > right) {
      placed.push({ entry: null, text: words.more(legend.length - i), x, line });
      break;
    }
    placed.push({ entry, text, x, line });
    x += needed + GAP;
  }
  const total = (line + 1) * LINE + 4;
  const marks = placed.flatMap(({ entry, text, x: at, line: row }): CustomMark[] => {
    const y = height - total + row * LINE + LINE / 2;
    const shift = entry ? SWATCH : 0;
    const label: CustomMark = {
      kind: "text",
      x: at + shift,
      y,
      text,
      ink: "muted",
      align: "left",
    };
    if (!entry) return [label];
    const swatch: CustomMark = {
      kind: "line",
      id: text,
      points: Float64Array.of(at, y, at + 12, y),
      ink: entry.color,
      width: 3,
      dash: entry.dash ?? [],
      opacity: 1,
    };
    return [swatch, label];
  });
  return { marks, height: total };
}
