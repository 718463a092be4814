/**
 * What the presets of `wandb.plot` draw, as plain values: `(spec, tables) -> figure`. Pure; knows
 * no pixels. A preset that is not known has no figure.
 */
import { niceStep } from "../line/ticks";
import { isText, numberOf, textOf } from "./cells";

export interface ChartSpec {
  /** `wandb/line/v0`. */
  name: string;
  /** By field of the spec, the column of the table. */
  fields: Readonly<Record<string, string>>;
  /** By text of the spec, such as `title`. */
  texts: Readonly<Record<string, string>>;
}

/** A run's table, by field of the spec. */
export interface ChartTable {
  run: string;
  name: string;
  color: string;
  columns: Readonly<Record<string, readonly unknown[]>>;
}

export interface AxisKind {
  title: string;
  /** Where values are texts: a value is the place of one of these. */
  categories: readonly string[] | null;
}

export interface Curve {
  run: string;
  runName: string;
  /** What tells the curves of one run apart; null where it has one. */
  group: string | null;
  color: string;
  dash: readonly number[];
  x: Float64Array;
  y: Float64Array;
  /** Below it, where the preset asks for that. */
  area: number | null;
}

export interface CurvesFigure {
  kind: "curves";
  x: AxisKind;
  y: AxisKind;
  curves: readonly Curve[];
  isDots: boolean;
  /** Both axes from 0 to 1. */
  isUnit: boolean;
  /** What guessing gives: from corner to corner. */
  hasDiagonal: boolean;
}

export interface Bars {
  run: string;
  name: string;
  color: string;
  /** One for each category; NaN where there is none. */
  values: Float64Array;
}

export interface BarsFigure {
  kind: "bars";
  categories: readonly string[];
  title: string;
  series: readonly Bars[];
}

export interface HistogramFigure {
  kind: "histogram";
  title: string;
  edges: Float64Array;
  series: readonly Bars[];
}

export interface Matrix {
  run: string;
  name: string;
  color: string;
  /** Row by row: what it was, then what it was taken for. */
  counts: Float64Array;
}

export interface MatrixFigure {
  kind: "matrix";
  classes: readonly string[];
  matrices: readonly Matrix[];
}

export type Figure = CurvesFigure | BarsFigure | HistogramFigure | MatrixFigure;

export type Preset = "line" | "lineseries" | "scatter" | "area" | "bar" | "histogram" | "matrix";

const PRESETS: Readonly<Record<string, Preset>> = {
  line: "line",
  lineseries: "lineseries",
  scatter: "scatter",
  "area-under-curve": "area",
  bar: "bar",
  histogram: "histogram",
  confusion_matrix: "matrix",
};

/** Without these a preset has nothing to draw. */
const NEEDED: Readonly<Record<Preset, readonly string[]>> = {
  line: ["x", "y"],
  lineseries: ["step", "lineVal"],
  scatter: ["x", "y"],
  area: ["x", "y"],
  bar: ["label", "value"],
  histogram: ["value"],
  matrix: ["Actual", "Predicted", "nPredictions"],
};

/** Which preset a spec is; null for what cannot be drawn here. */
export function presetOf({ name, fields }: Pick<ChartSpec, "name" | "fields">): Preset | null {
  const [, short = ""] = /^wandb\/([\w-]+?)(?:\/v\d+)?$/u.exec(name) ?? [];
  const preset = Object.hasOwn(PRESETS, short) ? PRESETS[short] : undefined;
  return preset && NEEDED[preset].every((field) => fields[field] !== undefined) ? preset : null;
}

/** @param palette For the curves of a single run, which has but one colour. */
export function buildFigure(
  preset: Preset,
  spec: ChartSpec,
  tables: readonly ChartTable[],
  palette: readonly string[],
): Figure {
  const { fields, texts } = spec;
  switch (preset) {
    case "line":
    case "scatter":
    case "area":
    case "lineseries":
      return curvesFigure(preset, spec, tables, palette);
    case "bar":
      return barsFigure(tables, "label", "value", fields.value ?? "");
    case "histogram": {
      const title = texts["x-axis-title"] ?? fields.value ?? "";
      // Of words there is no range to divide: each is counted.
      const isOfTexts = tables.some((table) => isText(table.columns.value ?? []));
      return isOfTexts ? barsFigure(tables, "value", null, title) : histogramFigure(tables, title);
    }
    case "matrix":
      return matrixFigure(tables);
  }
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

function curvesFigure(
  preset: Preset,
  { fields, texts }: ChartSpec,
  tables: readonly ChartTable[],
  palette: readonly string[],
): CurvesFigure {
  const isSeries = preset === "lineseries";
  const [x, y, by] = isSeries
    ? ["step", "lineVal", "lineKey"]
    : ["x", "y", preset === "area" ? "class" : "stroke"];
  const isArea = preset === "area";
  const along = axisOf(tables, x, texts["x-axis-title"] ?? texts.xname ?? fields[x] ?? "");
  // In a table of series the column of values has a name that says nothing.
  const upward = axisOf(tables, y, texts["y-axis-title"] ?? (isSeries ? "" : (fields[y] ?? "")));
  const groups = [...new Set(tables.flatMap((table) => (table.columns[by] ?? []).map(textOf)))];
  const curves = tables.flatMap((table) =>
    split(table, x, y, by, [along, upward], preset !== "scatter").map((one): Curve => {
      const place = Math.max(0, groups.indexOf(one.group ?? ""));
      const isAlone = tables.length === 1 && groups.length > 0;
      return {
        run: table.run,
        runName: table.name,
        group: one.group,
        color: isAlone ? (palette[place % palette.length] ?? table.color) : table.color,
        dash: isAlone ? [] : (DASHES[place % DASHES.length] ?? []),
        x: one.x,
        y: one.y,
        area: isArea ? areaUnder(one.x, one.y) : null,
      };
    }),
  );
  const isUnit =
    isArea && curves.every((curve) => [...curve.x, ...curve.y].every((v) => !(v < 0 || v > 1)));
  return {
    kind: "curves",
    x: along,
    y: upward,
    curves,
    isDots: preset === "scatter",
    isUnit,
    hasDiagonal: isUnit && /false positive/iu.test(along.title),
  };
}

function axisOf(tables: readonly ChartTable[], field: string, title: string): AxisKind {
  const columns = tables.map((table) => table.columns[field] ?? []);
  const categories = columns.some(isText) ? [...new Set(columns.flat().map(textOf))] : null;
  return { title, categories };
}

interface Part {
  group: string | null;
  x: Float64Array;
  y: Float64Array;
}

/** The points of each group; in the order of x where they are joined. */
function split(
  { columns }: ChartTable,
  x: string,
  y: string,
  by: string,
  [along, upward]: [AxisKind, AxisKind],
  isSorted: boolean,
): Part[] {
  const [xs, ys, groups] = [placesOf(columns[x], along), placesOf(columns[y], upward), columns[by]];
  const rows = new Map<string | null, number[]>();
  for (let row = 0; row < Math.min(xs.length, ys.length); row++) {
    if (!Number.isFinite(xs[row])) continue;
    const group = groups ? textOf(groups[row]) : null;
    const found = rows.get(group);
    if (found) found.push(row);
    else rows.set(group, [row]);
  }
  return [...rows].map(([group, places]) => {
    if (isSorted) places.sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
    return {
      group,
      x: Float64Array.from(places, (row) => xs[row] ?? Number.NaN),
      y: Float64Array.from(places, (row) => ys[row] ?? Number.NaN),
    };
  });
}

function placesOf(cells: readonly unknown[] | undefined, axis: AxisKind): Float64Array {
  if (axis.categories === null) return Float64Array.from(cells ?? [], numberOf);
  const places = new Map(axis.categories.map((name, place) => [name, place]));
  return Float64Array.from(cells ?? [], (cell) => places.get(textOf(cell)) ?? Number.NaN);
}

/** By trapezoids; null where there is no line. */
export function areaUnder(x: Float64Array, y: Float64Array): number | null {
  let [area, hasAny] = [0, false];
  for (let i = 1; i < x.length; i++) {
    const part =
      ((x[i] ?? 0) - (x[i - 1] ?? 0)) * (((y[i] ?? Number.NaN) + (y[i - 1] ?? Number.NaN)) / 2);
    if (!Number.isFinite(part)) continue;
    area += part;
    hasAny = true;
  }
  return hasAny ? area : null;
}

/** Values of a name that comes several times are added up, as stacked bars are. */
function barsFigure(
  tables: readonly ChartTable[],
  label: string,
  value: string | null,
  title: string,
): BarsFigure {
  const categories = [...new Set(tables.flatMap((t) => (t.columns[label] ?? []).map(textOf)))];
  const places = new Map(categories.map((name, place) => [name, place]));
  const series = tables.map((table): Bars => {
    const values = new Float64Array(categories.length).fill(Number.NaN);
    for (const [row, cell] of (table.columns[label] ?? []).entries()) {
      const place = places.get(textOf(cell)) ?? 0;
      const one = value === null ? 1 : numberOf(table.columns[value]?.[row]);
      if (!Number.isFinite(one)) continue;
      const before = values[place] ?? Number.NaN;
      values[place] = (Number.isNaN(before) ? 0 : before) + one;
    }
    return { run: table.run, name: table.name, color: table.color, values };
  });
  return { kind: "bars", categories, title, series };
}

const MAX_BINS = 60;

/** The same bins for all runs, their borders round numbers. */
function histogramFigure(tables: readonly ChartTable[], title: string): HistogramFigure {
  const columns = tables.map(({ columns: { value = [] } }) =>
    value.map(numberOf).filter(Number.isFinite),
  );
  let [lo, hi, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const values of columns) {
    most = Math.max(most, values.length);
    for (const value of values) {
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
  }
  const edges = binEdges(lo, hi, most);
  const [first = 0, second = 1] = edges;
  const width = second - first;
  const series = tables.map(({ run, name, color }, i): Bars => {
    const counts = new Float64Array(Math.max(0, edges.length - 1));
    for (const value of columns[i] ?? []) {
      const bin = Math.min(counts.length - 1, Math.max(0, Math.floor((value - first) / width)));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return { run, name, color, values: counts };
  });
  return { kind: "histogram", title, edges, series };
}

/** Some √n of them, between 5 and 30. */
function binEdges(lo: number, hi: number, numValues: number): Float64Array {
  if (!(lo <= hi)) return new Float64Array();
  const wanted = Math.min(30, Math.max(5, Math.ceil(Math.sqrt(numValues))));
  const span = hi - lo;
  const step = span > 0 && Number.isFinite(span) ? niceStep(span / wanted) : Math.abs(lo) || 1;
  const from = Math.floor(lo / step);
  // The highest value belongs into the last bin, also where it is a border.
  const count = Math.min(MAX_BINS, Math.max(1, Math.ceil(hi / step - from)));
  return Float64Array.from({ length: count + 1 }, (_, i) => (from + i) * step);
}

function matrixFigure(tables: readonly ChartTable[]): MatrixFigure {
  const names = (field: string) => tables.flatMap((t) => (t.columns[field] ?? []).map(textOf));
  const classes = [...new Set([...names("Actual"), ...names("Predicted")])];
  const places = new Map(classes.map((name, place) => [name, place]));
  const matrices = tables.map(({ run, name, color, columns }): Matrix => {
    const counts = new Float64Array(classes.length ** 2);
    for (const [row, cell] of (columns.Actual ?? []).entries()) {
      const actual = places.get(textOf(cell)) ?? 0;
      const at = actual * classes.length + (places.get(textOf(columns.Predicted?.[row])) ?? 0);
      const count = numberOf(columns.nPredictions?.[row]);
      if (Number.isFinite(count)) counts[at] = (counts[at] ?? 0) + count;
    }
    return { run, name, color, counts };
  });
  return { kind: "matrix", classes, matrices };
}
