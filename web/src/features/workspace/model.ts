/** A workspace's charts as pure values: over which x, how finely. */
import type { Axis, Stream } from "@/api/types";

export interface PanelKey {
  key: string;
  stream: Stream;
}

export interface ChartView {
  axis: Axis;
  isLogY: boolean;
  zoom: readonly [lo: number, hi: number] | null;
}

/** What a panel draws: every point, or how many rows stand behind one bucket. */
export function thinning(series: readonly { exact: boolean; numRows: number; numDrawn: number }[]) {
  const ratios = series
    .filter(({ exact, numDrawn }) => !exact && numDrawn > 0)
    .map(({ numRows, numDrawn }) => numRows / numDrawn);
  if (ratios.length === 0) return null;
  const ratio = Math.max(...ratios);
  return ratio < 10 ? Number(ratio.toFixed(1)) : Math.round(ratio);
}

/**
 * How many buckets to ask for: about one per pixel, in two sizes, so that a
 * slightly resized window finds its series in memory.
 */
export function bucketsFor(width: number): number {
  return width <= 800 ? 800 : 1600;
}
