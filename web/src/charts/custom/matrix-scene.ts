/** Confusion matrices, side by side where there are several. Pure. */
import { formatInteger, formatNumber } from "@/lib/format";
import { fitText, textWidth } from "../line/text-width";
import type { Matrix, MatrixFigure } from "./figure";
import type { CustomMark, CustomScene, DrawnValues, Place, SceneView, Tip } from "./scene";

const HEAD = 24;
const FOOT = 20;
const MORE = 14;
const GAP = 20;
const EDGE = 12;
const MIN_CELL_TEXT = 15;
const MIN_LABEL = 12;
/** Below this a matrix beside others is a smudge. */
const MIN_SIZE = 110;
/** Up to here a cell's count is written on a pale ground, beyond on a strong one. */
const STRONG = 0.55;

interface Grid {
  matrix: Matrix;
  left: number;
  top: number;
  cell: number;
  high: number;
}

export function matrixScene(figure: MatrixFigure, view: SceneView): CustomScene {
  const { classes, matrices } = figure;
  const grids = layOut(figure, view);
  const marks: CustomMark[] = [];
  for (const grid of grids) marks.push(...gridMarks(grid, classes, view, matrices.length > 1));
  if (grids.length < matrices.length) {
    const text = view.words.more(matrices.length - grids.length);
    const y = view.height - 8;
    marks.push({ kind: "text", x: view.width - EDGE, y, text, ink: "muted", align: "right" });
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

/** As many beside and below each other as can be read; one in any case. */
function layOut(figure: MatrixFigure, view: SceneView): Grid[] {
  const isNamed = figure.matrices.length > 1;
  for (let count = figure.matrices.length; count > 0; count--) {
    const matrices = figure.matrices.slice(0, count);
    // That there are more is said below them.
    const height = count < figure.matrices.length ? view.height - MORE : view.height;
    const found = layOutAll({ ...figure, matrices }, isNamed, { ...view, height });
    if (found.size >= MIN_SIZE || count === 1) return found.grids;
  }
  return [];
}

function layOutAll(
  { classes, matrices }: MatrixFigure,
  isNamed: boolean,
  { width, height, words }: SceneView,
): { grids: Grid[]; size: number } {
  const num = Math.max(1, classes.length);
  const labels = Math.min(
    110,
    Math.max(textWidth(words.actual), ...classes.map(textWidth)) + 10,
    (width - 2 * EDGE) * 0.3,
  );
  const head = isNamed ? HEAD + 16 : HEAD;
  let best = { columns: 1, rows: 1, size: 0 };
  for (let columns = 1; columns <= matrices.length; columns++) {
    const rows = Math.ceil(matrices.length / columns);
    const wide = (width - 2 * EDGE - (columns - 1) * GAP) / columns - labels;
    const high = (height - 8) / rows - head - FOOT;
    const size = Math.min(wide, high * 1.6);
    if (size > best.size) best = { columns, rows, size };
  }
  const { columns, rows } = best;
  const wide = (width - 2 * EDGE - (columns - 1) * GAP) / columns;
  const tall = (height - 8) / rows;
  const high = Math.max(0, tall - head - FOOT) / num;
  // Cells may be wider than they are high: counts are.
  const cell = Math.min(Math.max(0, wide - labels) / num, high * 2.4);
  const grids = matrices.map((matrix, i) => ({
    matrix,
    left: EDGE + (i % columns) * (wide + GAP) + labels + (wide - labels - cell * num) / 2,
    top: Math.floor(i / columns) * tall + head,
    cell,
    high,
  }));
  return { grids, size: best.size };
}

function gridMarks(grid: Grid, classes: readonly string[], view: SceneView, isNamed: boolean) {
  const { matrix, left, top, cell, high } = grid;
  const { words } = view;
  const num = classes.length;
  const marks: CustomMark[] = [];
  const right = left + cell * num;
  if (isNamed) {
    const text = fitText(matrix.name, right - left);
    const at = { x: left, y: top - HEAD - 8 };
    marks.push({ kind: "dot", id: matrix.run, ...at, radius: 3, ink: matrix.color, opacity: 1 });
    marks.push({ kind: "text", x: left + 8, y: at.y, text, ink: "text", align: "left" });
  }
  marks.push({
    kind: "text",
    x: left - 8,
    y: top - 14,
    text: fitText(words.actual, Math.max(0, left - EDGE)),
    ink: "faint",
    align: "right",
  });
  const predicted = { text: fitText(words.predicted, right - left), y: top - 14 };
  marks.push({ kind: "text", x: (left + right) / 2, ink: "faint", align: "center", ...predicted });
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
        const ink = strength > STRONG ? "ground" : count === 0 ? "faint" : "text";
        const middle = { x: at.x + (cell - 1) / 2, y: at.y + (high - 1) / 2 + 0.5 };
        marks.push({ kind: "text", ...middle, text, ink, align: "center" });
      }
    }
  }
  marks.push(...labelMarks(grid, classes));
  return marks;
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
