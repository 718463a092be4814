import { describe, expect, test } from "vitest";
import { barsScene, columnAt, columnEdges, heatGrid, valueRange } from "./model";

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("histograms over steps", () => {
  test("share one value axis, and each column adds up to one", () => {
    const grid = heatGrid(
      [
        { step: 0, edges: [0, 1, 2], counts: [1, 3] },
        { step: 10, edges: [-2, 0, 4], counts: [5, 5] },
      ],
      6,
    );
    expect(grid.values).toEqual([-2, 4]);
    expect(grid.columns.map(({ from, to }) => [from, to])).toEqual([
      [-5, 5],
      [5, 15],
    ]);
    const [first, second] = grid.columns.map(({ shares }) => [...shares]);
    expect(first).toEqual([0, 0, 0.25, 0.75, 0, 0]);
    expect(second).toEqual([0.25, 0.25, 0.125, 0.125, 0.125, 0.125]);
    expect(grid.maxShare).toBe(0.75);
  });

  test("mass stays whole when bins fall between rows", () => {
    const edges = Array.from({ length: 65 }, (_, i) => -3 + (6 * i) / 64);
    const counts = Array.from({ length: 64 }, (_, i) => (i * 7919) % 13);
    const [column] = heatGrid([{ step: 1, edges, counts }], 37).columns;
    expect(sum(column?.shares ?? [])).toBeCloseTo(1, 10);
  });

  test("empty bins at the ends take no room, a single value has some", () => {
    expect(valueRange([{ step: 0, edges: [0, 1, 2, 3], counts: [0, 4, 0] }])).toEqual([1, 2]);
    expect(valueRange([{ step: 0, edges: [4, 4], counts: [9] }])).toEqual([2, 6]);
    expect(valueRange([])).toEqual([0, 1]);
  });

  test("a histogram of one value only, and one without any", () => {
    const grid = heatGrid(
      [
        { step: 3, edges: [4, 4], counts: [9] },
        { step: 4, edges: [0, 1], counts: [0] },
      ],
      4,
    );
    expect(grid.columns).toHaveLength(1);
    expect(sum(grid.columns[0]?.shares ?? [])).toBeCloseTo(1);
    expect(heatGrid([], 4)).toMatchObject({ columns: [], values: [0, 1] });
  });

  test("steps have borders half-way between them", () => {
    expect(columnEdges([0, 10, 40])).toEqual([-5, 5, 25, 55]);
    expect(columnEdges([7])).toEqual([6.5, 7.5]);
    expect(columnEdges([])).toEqual([]);
  });

  test("a place on the step axis belongs to one histogram", () => {
    const grid = heatGrid(
      [0, 10, 20].map((step) => ({ step, edges: [0, 1], counts: [1] })),
      2,
    );
    expect(columnAt(grid, 13)?.step).toBe(10);
    expect(columnAt(grid, 99)).toBeNull();
  });
});

describe("bars", () => {
  const view = { left: 10, right: 110, top: 0, bottom: 50, isLog: false };

  test("are as high as their counts and as wide as their bins", () => {
    const bars = barsScene({ step: 0, edges: [0, 1, 4], counts: [2, 4] }, [0, 4], view);
    expect(bars.map(({ left, width, top, height }) => [left, width, top, height])).toEqual([
      [10, 25, 25, 25],
      [35, 75, 0, 50],
    ]);
  });

  test("on a log scale small counts are seen beside large ones", () => {
    const histogram = { step: 0, edges: [0, 1, 2], counts: [1, 9_999] };
    const [low] = barsScene(histogram, [0, 2], { ...view, isLog: true });
    expect(low?.height).toBeCloseTo((50 * Math.log10(2)) / 4);
  });

  test("nothing counted is a flat line", () => {
    const bars = barsScene({ step: 0, edges: [0, 1], counts: [0] }, [0, 1], view);
    expect(bars[0]).toMatchObject({ height: 0, top: 50 });
  });
});
