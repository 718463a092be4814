/** Bars of names, and histograms. Pure. */
import { formatInteger, formatNumber } from "@/lib/format";
import { createScale } from "../line/scale";
import { fitText, textWidth } from "../line/text-width";
import { linearTicks } from "../line/ticks";
import type { BarsFigure, HistogramFigure } from "./figure";
import { layOutFrame, legendMarks } from "./frame";
import type { CustomMark, CustomScene, SceneView, Tip } from "./scene";

const EDGE = 12;
const FOOT = 22;
const TITLE = 16;
const MIN_ROW = 14;
/** How thick a bar is at least, where there is room. */
const BARS = [5, 4, 3];
const THINNEST = 2;
/** Few bars fill a large chart, and are no blocks. */
const MAX_ROW = 120;
const MAX_BAR = 36;
/** So thick a bar has its value written beside it. */
const MIN_LABELLED = 10;

/** A row for each name, so that names of any length can be read; in it a bar for each run. */
export function barsScene(figure: BarsFigure, view: SceneView): CustomScene {
  const { categories, series } = figure;
  const legend = legendMarks(series.length > 1 ? series : [], view);
  const title = figure.title === "" ? 0 : TITLE;
  const bottom = view.height - legend.height - FOOT - title;
  const top = 8;
  const fitting = (bar: number) =>
    Math.floor((bottom - top) / Math.max(MIN_ROW, bar * series.length + 4));
  // Thin bars of all names rather than thick ones of some.
  const bar = BARS.find((one) => fitting(one) >= categories.length) ?? THINNEST;
  const isCut = categories.length > fitting(bar);
  // One row at least, and one that says how many there are besides.
  const fits = Math.max(isCut ? 2 : 1, fitting(bar));
  const shown = isCut ? fits - 1 : categories.length;
  const row = Math.min(MAX_ROW, (bottom - top) / Math.max(1, isCut ? fits : shown));
  const names = categories.slice(0, shown);
  const room = Math.max(40, view.width * 0.35);
  const left = EDGE + Math.min(room, Math.max(16, ...names.map(textWidth))) + 8;
  const right = Math.max(left + 20, view.width - 56);
  const [lo, hi] = valueRange(series.flatMap(({ values }) => [...values.subarray(0, shown)]));
  const x = createScale("linear", [lo, hi], [left, right]);
  const foot = top + row * (isCut ? fits : shown);
  const marks: CustomMark[] = [...legend.marks];
  for (const { value, label } of linearTicks(
    [lo, hi],
    Math.max(2, Math.floor((right - left) / 72)),
  )) {
    const at = Math.round(x.toPixel(value)) + 0.5;
    marks.push({ kind: "rule", x1: at, y1: top, x2: at, y2: foot, ink: "grid" });
    marks.push({ kind: "text", x: at, y: foot + 12, text: label, ink: "muted", align: "center" });
  }
  if (title > 0) {
    const text = fitText(figure.title, right - left);
    const y = foot + FOOT + TITLE / 2 - 2;
    marks.push({ kind: "text", x: (left + right) / 2, y, text, ink: "muted", align: "center" });
  }
  const zero = x.toPixel(0);
  const share = (row - Math.min(8, row * 0.3)) / Math.max(1, series.length);
  const thick = Math.min(MAX_BAR, Math.max(2, share));
  for (const [i, name] of names.entries()) {
    const middle = top + row * (i + 0.5);
    const text = fitText(name, room);
    marks.push({ kind: "text", x: left - 8, y: middle, text, ink: "muted", align: "right" });
    for (const [nth, { values, color }] of series.entries()) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const end = x.toPixel(value);
      const y = middle + thick * (nth - series.length / 2);
      const height = Math.max(1.5, thick - 1);
      const [from, width] = [Math.min(zero, end), Math.max(1, Math.abs(end - zero))];
      marks.push({ kind: "rect", x: from, y, width, height, ink: color, opacity: 0.9 });
      if (height >= MIN_LABELLED) {
        const isBack = value < 0;
        const at = isBack ? zero + 5 : Math.max(end, zero) + 5;
        const label = { text: formatNumber(value), x: at, y: y + height / 2 };
        marks.push({ kind: "text", ...label, ink: "muted", align: "left" });
      }
    }
  }
  if (isCut) {
    const text = view.words.more(categories.length - shown);
    const y = top + row * (shown + 0.5);
    marks.push({ kind: "text", x: left, y, text, ink: "muted", align: "left" });
  }
  const base = Math.round(zero) + 0.5;
  marks.push({ kind: "rule", x1: base, y1: top, x2: base, y2: foot, ink: "axis" });
  const tipAt = (px: number, py: number): Tip | null => {
    const place = Math.floor((py - top) / row);
    const name = names[place];
    if (name === undefined || px < 0 || px > view.width) return null;
    const y = top + row * place;
    return {
      x: Math.max(left, x.toPixel(series[0]?.values[place] || 0)),
      y: y + row / 2,
      title: name,
      rows: series.map((one) => ({
        name: one.name,
        value: formatNumber(one.values[place]),
        color: one.color,
      })),
      rings: [],
      box: { left: 4, top: y, right: view.width - 4, bottom: y + row },
    };
  };
  return {
    width: view.width,
    height: view.height,
    marks,
    tipAt,
    stops: names.map((_, i) => ({ x: left + 1, y: top + row * (i + 0.5) })),
    domains: { x: [lo, hi], y: [0, categories.length] },
    values: series.map(({ run, name, values }) => ({
      run,
      name,
      x: [...values.keys()],
      y: [...values],
    })),
  };
}

/** Bars begin at zero. */
function valueRange(values: readonly number[]): [number, number] {
  let [lo, hi] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
  }
  return lo === hi ? [0, 1] : [lo, hi];
}

/** Counts by ranges of a value; several runs as outlines over each other. */
export function histogramScene(figure: HistogramFigure, view: SceneView): CustomScene {
  const { edges, series } = figure;
  const [, hi] = valueRange(series.flatMap(({ values }) => [...values]));
  const domain = [edges[0] ?? 0, edges.at(-1) ?? 1] as const;
  const frame = layOutFrame(
    { kind: { title: figure.title, categories: null }, domain },
    { kind: { title: view.words.count, categories: null }, domain: [0, hi * 1.05] },
    series.length > 1 ? series : [],
    view,
  );
  const { plot, x, y } = frame;
  const marks: CustomMark[] = [...frame.marks];
  const isAlone = series.length === 1;
  for (const { run, values, color } of series) {
    const outline: number[] = [x.toPixel(domain[0]), plot.bottom];
    for (const [i, count] of values.entries()) {
      const [from, to] = [x.toPixel(edges[i] ?? 0), x.toPixel(edges[i + 1] ?? 0)];
      const top = y.toPixel(count);
      const width = Math.max(1, to - from - (isAlone ? 1 : 0));
      const height = plot.bottom - top;
      const opacity = isAlone ? 0.9 : 0.15;
      marks.push({ kind: "rect", x: from, y: top, width, height, ink: color, opacity });
      outline.push(from, top, to, top);
    }
    outline.push(x.toPixel(domain[1]), plot.bottom);
    const points = Float64Array.from(outline);
    if (!isAlone) {
      marks.push({ kind: "line", id: run, points, ink: color, width: 1.5, dash: [], opacity: 1 });
    }
  }
  const tipAt = (px: number, py: number): Tip | null => {
    if (py < plot.top - 8 || py > plot.bottom + FOOT) return null;
    const at = x.toValue(px);
    const bin = edges.findIndex((edge, i) => at >= edge && at < (edges[i + 1] ?? Number.NaN));
    if (bin < 0) return null;
    const [from, to] = [edges[bin] ?? 0, edges[bin + 1] ?? 0];
    const [left, right] = [x.toPixel(from), x.toPixel(to)];
    const highest = Math.max(0, ...series.map(({ values }) => values[bin] ?? 0));
    return {
      x: (left + right) / 2,
      y: y.toPixel(highest),
      title: `${formatNumber(from)} … ${formatNumber(to)}`,
      rows: series.map(({ name, color, values }) => ({
        name,
        value: formatInteger(values[bin] ?? 0),
        color,
      })),
      rings: [],
      box: { left, top: plot.top, right, bottom: plot.bottom },
    };
  };
  return {
    width: view.width,
    height: view.height,
    marks,
    tipAt,
    stops: [...edges].slice(0, -1).map((edge, i) => ({
      x: x.toPixel((edge + (edges[i + 1] ?? edge)) / 2),
      y: plot.bottom - 1,
    })),
    domains: { x: domain, y: y.domain },
    values: series.map(({ run, name, values }) => ({
      run,
      name,
      x: [...edges].slice(0, -1),
      y: [...values],
    })),
  };
}
