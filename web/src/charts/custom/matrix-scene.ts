/** Confusion matrices, side by side where there are several. Pure. */
import { formatInteger, formatNumber } from "@/lib/format";
import { fitText, textWidth } from "../line/text-width";
import type { Matrix, MatrixFigure } from "./figure";
import type { CustomMark, CustomScene, DrawnValues, Place, SceneView, Tip } from "./scene";

const HEAD = 24;
const FOOT = 20;
const NAME = 16;
const GAP = 20;
const EDGE = 12;
const MIN_CELL_TEXT = 15;
const MIN_LABEL = 12;
/** Below this the names of classes would have more room than the matrix. */
const MIN_SIZE = 110;
/** Of a matrix without them: what is between it and the next. */
const BARE_GAP = 12;
const BARE_FOOT = 4;
/** From this luminance on dark letters are read better than light ones. */
const LIGHT = 0.19;

interface Grid {
  matrix: Matrix;
  left: number;
  top: number;
  cell: number;
  high: number;
  /** For its name, which may be longer than the matrix is wide. */
  room: number;
}

interface Layout {
  grids: Grid[];
  /** Classes are named, and what is along which side is said. */
  hasLabels: boolean;
}

export function matrixScene(figure: MatrixFigure, view: SceneView): CustomScene {
  const { classes, matrices } = figure;
  const { grids, hasLabels } = layOut(figure, view);
  const marks: CustomMark[] = [];
  for (const grid of grids) {
    if (matrices.length > 1) marks.push(...nameMarks(grid, hasLabels));
    if (hasLabels) marks.push(...headMarks(grid, classes.length, view));
    marks.push(...cellMarks(grid, classes.length, view));
    if (hasLabels) marks.push(...labelMarks(grid, classes));
  }
  const tipAt = (x: number, y: number) => {
    for (const grid of grids) {
      const [column, row] = [
        Math.floor((x - grid.left) / grid.cell),
        Math.floor((y - grid.top) / grid.high),
      ];
      const isIn = Math.min(column, row) >= 0 && Math.max(column, row) < classes.length;
      if (isIn) return tipOf(grid, row, column, classes, view);
    }
    return null;
  };
  return {
    width: view.width,
    height: view.height,
    marks,
    tipAt,
    stops: grids.flatMap((grid) => stopsOf(grid, classes.length)),
    domains: { x: [0, classes.length], y: [0, classes.length] },
    values: matrices.flatMap((matrix) => rowsOf(matrix, classes)),
  };
}

/**
 * All of them, beside and below each other. Where they would be too small beside the names of their
 * classes, without: what is pointed at says its own.
 */
function layOut(figure: MatrixFigure, view: SceneView): Layout {
  const named = layOutAll(figure, view, true);
  if (figure.matrices.length === 1 || named.size >= MIN_SIZE) {
    return { grids: named.grids, hasLabels: true };
  }
  return { grids: layOutAll(figure, view, false).grids, hasLabels: false };
}

function layOutAll(
  { classes, matrices }: MatrixFigure,
  { width, height, words }: SceneView,
  hasLabels: boolean,
): { grids: Grid[]; size: number } {
  const num = Math.max(1, classes.length);
  const widest = Math.max(textWidth(words.actual), ...classes.map(textWidth)) + 10;
  const labels = hasLabels ? Math.min(110, widest, (width - 2 * EDGE) * 0.3) : 0;
  const head = (hasLabels ? HEAD : 0) + (matrices.length > 1 ? NAME : 0);
  const [foot, gap] = hasLabels ? [FOOT, GAP] : [BARE_FOOT, BARE_GAP];
  const sizeIn = (columns: number) => {
    const wide = (width - 2 * EDGE - (columns - 1) * gap) / columns;
    const tall = (height - 8) / Math.ceil(matrices.length / columns);
    return { wide, tall, size: Math.min(wide - labels, (tall - head - foot) * 1.6) };
  };
  let columns = 1;
  for (let more = 2; more <= matrices.length; more++) {
    if (sizeIn(more).size > sizeIn(columns).size) columns = more;
  }
  const { wide, tall, size } = sizeIn(columns);
  const high = Math.max(0, tall - head - foot) / num;
  // Cells may be wider than they are high: counts are.
  const cell = Math.min(Math.max(0, wide - labels) / num, high * 2.4);
  const grids = matrices.map((matrix, i) => {
    const from = EDGE + (i % columns) * (wide + gap);
    const left = from + labels + (hasLabels ? (wide - labels - cell * num) / 2 : 0);
    const top = Math.floor(i / columns) * tall + head;
    return { matrix, left, top, cell, high, room: from + wide - left };
  });
  return { grids, size };
}

function nameMarks({ matrix, left, top, room }: Grid, hasLabels: boolean): CustomMark[] {
  const { run, name, color } = matrix;
  const y = top - (hasLabels ? HEAD : 0) - NAME / 2;
  const text = fitText(name, room - 10);
  return [
    { kind: "dot", id: run, x: left + 3, y, radius: 3, ink: color, opacity: 1 },
    { kind: "text", x: left + 10, y, text, ink: "text", align: "left" },
  ];
}

function headMarks({ left, top, cell }: Grid, num: number, { words }: SceneView): CustomMark[] {
  const y = top - 14;
  const right = left + cell * num;
  const actual = fitText(words.actual, Math.max(0, left - EDGE));
  const predicted = fitText(words.predicted, right - left);
  return [
    { kind: "text", x: left - 8, y, text: actual, ink: "faint", align: "right" },
    { kind: "text", x: (left + right) / 2, y, text: predicted, ink: "faint", align: "center" },
  ];
}

function cellMarks({ matrix, left, top, cell, high }: Grid, num: number, view: SceneView) {
  const marks: CustomMark[] = [];
  const most = Math.max(Number.MIN_VALUE, ...matrix.counts);
  const hasTexts = high >= MIN_CELL_TEXT;
  for (let row = 0; row < num; row++) {
    const total = totalOf(matrix, row, num);
    for (let column = 0; column < num; column++) {
      const count = matrix.counts[row * num + column] ?? 0;
      const share = total > 0 ? count / total : 0;
      const strength = view.isNormalised ? share : count / most;
      const at = { x: left + cell * column, y: top + high * row };
      const size = { width: cell > 3 ? cell - 1 : cell, height: high > 3 ? high - 1 : high };
      const rect = { kind: "rect" as const, ...at, ...size };
      marks.push({ ...rect, ink: "grid", opacity: 0.5 });
      if (strength > 0) marks.push({ ...rect, ink: matrix.color, opacity: shade(strength) });
      const text = view.isNormalised ? percent(share) : short(count);
      if (hasTexts && textWidth(text) + 4 <= cell) {
        const ink = count === 0 ? "faint" : inkOn(matrix.color, shade(strength), view.ground);
        const middle = { x: at.x + (cell - 1) / 2, y: at.y + (high - 1) / 2 + 0.5 };
        marks.push({ kind: "text", ...middle, text, ink, align: "center" });
      }
    }
  }
  return marks;
}

/** Of the page's two, the one that is read on a colour that lets so much of the ground through. */
function inkOn(color: string, opacity: number, ground: string): "text" | "ground" {
  const [over, under] = [channels(color), channels(ground)];
  const mixed = over.map((channel, i) => channel * opacity + (under[i] ?? 0) * (1 - opacity));
  const isDarkPage = luminance(under) < LIGHT;
  return luminance(mixed) < LIGHT === isDarkPage ? "text" : "ground";
}

/** Red, green and blue of `#rrggbb` or `#rgb`, from 0 to 1. */
function channels(hex: string): number[] {
  const digits =
    hex.length < 7 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255);
}

/** As near as letters need it. */
function luminance([r = 0, g = 0, b = 0]: readonly number[]): number {
  return 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2;
}

/** Class names along both sides; every so many of them where all do not fit. */
function labelMarks({ left, top, cell, high }: Grid, classes: readonly string[]): CustomMark[] {
  const marks: CustomMark[] = [];
  const bottom = top + high * classes.length;
  const everyRow = Math.ceil(MIN_LABEL / high);
  const widest = Math.min(64, Math.max(...classes.map(textWidth), 1));
  const everyColumn = Math.max(1, Math.ceil((widest + 6) / cell));
  for (const [i, name] of classes.entries()) {
    if (i % everyRow === 0) {
      const text = fitText(name, Math.max(14, left - EDGE - 8));
      const y = top + high * (i + 0.5);
      marks.push({ kind: "text", x: left - 6, y, text, ink: "muted", align: "right" });
    }
    if (i % everyColumn === 0) {
      const text = fitText(name, Math.max(14, cell * everyColumn - 4));
      const x = left + cell * (i + 0.5);
      // What is beside a matrix is the next one, or the edge of the picture.
      if (x + textWidth(text) / 2 > left + cell * classes.length + EDGE) continue;
      marks.push({ kind: "text", x, y: bottom + 9, text, ink: "muted", align: "center" });
    }
  }
  return marks;
}

function tipOf(
  { matrix, left, top, cell, high }: Grid,
  row: number,
  column: number,
  classes: readonly string[],
  { words }: SceneView,
): Tip {
  const num = classes.length;
  const count = matrix.counts[row * num + column] ?? 0;
  const total = totalOf(matrix, row, num);
  const [x, y] = [left + cell * column, top + high * row];
  return {
    x: x + cell / 2,
    y: y + high / 2,
    title: matrix.name,
    rows: [
      { name: words.actual, value: classes[row] ?? "", color: null },
      { name: words.predicted, value: classes[column] ?? "", color: null },
      { name: words.count, value: short(count), color: matrix.color, isNearest: true },
      { name: words.share, value: total > 0 ? percent(count / total) : "–", color: null },
    ],
    rings: [],
    box: { left: x, top: y, right: x + cell - 1, bottom: y + high - 1 },
  };
}

function stopsOf({ left, top, cell, high }: Grid, num: number): Place[] {
  return Array.from({ length: num * num }, (_, i) => ({
    x: left + cell * ((i % num) + 0.5),
    y: top + high * (Math.floor(i / num) + 0.5),
  }));
}

function rowsOf(matrix: Matrix, classes: readonly string[]): DrawnValues[] {
  const num = classes.length;
  return classes.map((name, row) => ({
    run: matrix.run,
    name,
    x: classes.map((_, i) => i),
    y: [...matrix.counts.subarray(row * num, (row + 1) * num)],
  }));
}

function totalOf({ counts }: Matrix, row: number, num: number): number {
  return counts.subarray(row * num, (row + 1) * num).reduce((sum, count) => sum + count, 0);
}

/** The root lets rare mistakes be seen beside what is right. */
function shade(strength: number): number {
  return 0.08 + 0.92 * Math.sqrt(strength);
}

function percent(share: number): string {
  const part = share * 100;
  return `${part > 0 && part < 10 ? Number(part.toFixed(1)) : Math.round(part)}\u202f%`;
}

function short(count: number): string {
  return Number.isInteger(count) ? formatInteger(count) : formatNumber(count);
}
