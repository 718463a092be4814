/** Histograms over steps: a common ground for all of them, and where everything is drawn. Pure. */
import type { Domain } from "../line/types";

export interface Histogram {
  step: number;
  /** One more than counts, ascending. */
  edges: readonly number[];
  counts: readonly number[];
}

export interface HeatColumn {
  step: number;
  /** The stretch of the step axis that it stands for: half-way to its neighbours. */
  from: number;
  to: number;
  /** Part of the histogram's mass in each row, from the lowest value up. */
  shares: Float64Array;
}

export interface HeatGrid {
  values: Domain;
  steps: Domain;
  numRows: number;
  columns: HeatColumn[];
  /** The largest share of all, at least a hair above zero. */
  maxShare: number;
}

/**
 * Puts histograms with different bins on one grid. The mass of a bin is spread evenly over it, so
 * that each column adds up to one whatever its bins are.
 */
export function heatGrid(histograms: readonly Histogram[], numRows: number): HeatGrid {
  const drawn = histograms.filter(({ counts }) => counts.some((count) => count > 0));
  const values = valueRange(drawn);
  const steps = columnEdges(drawn.map(({ step }) => step));
  let maxShare = Number.MIN_VALUE;
  const columns = drawn.map((histogram, i): HeatColumn => {
    const shares = spread(histogram, values, numRows);
    for (const share of shares) maxShare = Math.max(maxShare, share);
    return { step: histogram.step, from: steps[i] ?? 0, to: steps[i + 1] ?? 1, shares };
  });
  return { values, steps: [steps[0] ?? 0, steps.at(-1) ?? 1], numRows, columns, maxShare };
}

/** From the lowest to the highest value that anything was counted at; never empty. */
export function valueRange(histograms: readonly Histogram[]): Domain {
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { edges, counts } of histograms) {
    for (const [i, count] of counts.entries()) {
      if (!(count > 0)) continue;
      lo = Math.min(lo, edges[i] ?? lo);
      hi = Math.max(hi, edges[i + 1] ?? hi);
    }
  }
  if (!(lo <= hi)) return [0, 1];
  if (lo < hi) return [lo, hi];
  const margin = Math.abs(lo) * 0.5 || 0.5;
  return [lo - margin, hi + margin];
}

/** Borders between steps: half-way, and as far beyond the first and the last. */
export function columnEdges(steps: readonly number[]): number[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return [];
  const inner = steps.slice(1).map((step, i) => (step + (steps[i] ?? step)) / 2);
  const head = first - ((inner[0] ?? first + 0.5) - first);
  const tail = last + (last - (inner.at(-1) ?? last - 0.5));
  return [head, ...inner, tail];
}

/** The histogram whose column holds this step; null beside all of them. */
export function columnAt(grid: HeatGrid, step: number): HeatColumn | null {
  return grid.columns.find(({ from, to }) => step >= from && step <= to) ?? null;
}

function spread({ edges, counts }: Histogram, [lo, hi]: Domain, numRows: number): Float64Array {
  const shares = new Float64Array(numRows);
  const total = counts.reduce((sum, count) => sum + Math.max(0, count), 0);
  const toRow = (value: number) => ((value - lo) / (hi - lo)) * numRows;
  for (const [i, count] of counts.entries()) {
    if (!(count > 0)) continue;
    const share = count / total;
    const from = toRow(edges[i] ?? lo);
    const to = toRow(edges[i + 1] ?? hi);
    const first = Math.min(Math.max(Math.floor(from), 0), numRows - 1);
    const last = Math.min(Math.max(Math.ceil(to) - 1, first), numRows - 1);
    for (let row = first; row <= last; row++) {
      const overlap = Math.min(to, row + 1) - Math.max(from, row);
      const part = to > from ? overlap / (to - from) : 1 / (last - first + 1);
      shares[row] = (shares[row] ?? 0) + share * Math.max(0, part);
    }
  }
  return shares;
}

export interface Bar {
  from: number;
  to: number;
  count: number;
  left: number;
  width: number;
  top: number;
  height: number;
}

export interface BarsView {
  left: number;
  right: number;
  top: number;
  bottom: number;
  isLog: boolean;
}

/** One histogram as bars. Bins of different widths keep their counts as heights, as logged. */
export function barsScene(histogram: Histogram, values: Domain, view: BarsView): Bar[] {
  const height = (count: number) => (view.isLog ? Math.log10(1 + count) : count);
  const highest = Math.max(...histogram.counts.map(height), Number.MIN_VALUE);
  const perValue = (view.right - view.left) / (values[1] - values[0]);
  return histogram.counts.map((count, i): Bar => {
    const from = histogram.edges[i] ?? values[0];
    const to = histogram.edges[i + 1] ?? values[1];
    const size = (Math.max(0, height(count)) / highest) * (view.bottom - view.top);
    return {
      from,
      to,
      count,
      left: view.left + (from - values[0]) * perValue,
      width: Math.max(0.5, (to - from) * perValue),
      top: view.bottom - size,
      height: size,
    };
  });
}
