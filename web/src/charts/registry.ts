/**
 * What every chart on the page has drawn, for browser tests and for the curious:
 * `window.__runstone.charts()`. Values, not pixels, so that a test can compare
 * them with what was logged.
 */

export interface DrawnChart {
  key: string;
  x: readonly [number, number];
  y: readonly [number, number];
  lines: {
    run: string;
    name: string;
    exact: boolean;
    x: number[];
    y: number[];
    /** null without smoothing. */
    smooth: number[] | null;
    min: number[] | null;
    max: number[] | null;
  }[];
}

declare global {
  interface Window {
    __runstone?: { charts: () => DrawnChart[] };
  }
}

const readers = new Set<() => DrawnChart | null>();

/** @returns A function that takes the chart out again. */
export function registerChart(read: () => DrawnChart | null): () => void {
  readers.add(read);
  window.__runstone ??= { charts: () => [...readers].flatMap((each) => each() ?? []) };
  return () => readers.delete(read);
}
