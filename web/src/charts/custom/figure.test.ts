import { describe, expect, test } from "vitest";
import {
  areaUnder,
  buildFigure,
  type ChartSpec,
  type ChartTable,
  type Figure,
  type Preset,
  presetOf,
} from "./figure";

const PALETTE = ["#111111", "#222222", "#333333"];

function table(run: string, columns: ChartTable["columns"], color = "#aaaaaa"): ChartTable {
  return { run, name: `run ${run}`, color, columns };
}

function build<Kind extends Figure["kind"]>(
  kind: Kind,
  preset: Preset,
  tables: ChartTable[],
  spec: Partial<ChartSpec> = {},
): Extract<Figure, { kind: Kind }> {
  const figure = buildFigure(preset, { name: "", fields: {}, texts: {}, ...spec }, tables, PALETTE);
  if (figure.kind !== kind) throw new Error(`It is ${figure.kind}.`);
  return figure as Extract<Figure, { kind: Kind }>;
}

describe("presets", () => {
  const XY = { x: "a", y: "b" };
  test("are known by name, whatever their version", () => {
    expect(presetOf({ name: "wandb/line/v0", fields: XY })).toBe("line");
    expect(presetOf({ name: "wandb/line", fields: XY })).toBe("line");
    expect(presetOf({ name: "wandb/area-under-curve/v7", fields: XY })).toBe("area");
  });
  test("of others, of later days, or without their fields are not", () => {
    for (const name of ["team/line/v0", "wandb/spiral/v0", "wandb/constructor", "line", ""]) {
      expect(presetOf({ name, fields: XY })).toBeNull();
    }
    expect(presetOf({ name: "wandb/line/v0", fields: { x: "a" } })).toBeNull();
    expect(presetOf({ name: "wandb/confusion_matrix/v1", fields: {} })).toBeNull();
  });
});

describe("curves", () => {
  test("are told apart by a column, and joined in the order of x", () => {
    const rows = { x: [2, 0, 1, 5], y: [20, 0, 10, 7], stroke: ["a", "a", "a", "b"] };
    const { curves } = build("curves", "line", [table("1", rows)]);
    expect(curves.map(({ group, color, x, y }) => [group, color, [...x], [...y]])).toEqual([
      ["a", "#111111", [0, 1, 2], [0, 10, 20]],
      ["b", "#222222", [5], [7]],
    ]);
  });

  test("of several runs have the run's colour, and a stroke for each group", () => {
    const rows = { step: [0, 0], lineVal: [1, 2], lineKey: ["up", "down"] };
    const tables = [table("1", rows, "#0000aa"), table("2", rows, "#00aa00")];
    const { curves } = build("curves", "lineseries", tables, { texts: { xname: "epoch" } });
    expect(curves.map(({ run, color }) => [run, color])).toEqual([
      ["1", "#0000aa"],
      ["1", "#0000aa"],
      ["2", "#00aa00"],
      ["2", "#00aa00"],
    ]);
    expect(curves[0]?.dash).toEqual(curves[2]?.dash);
    expect(curves[0]?.dash).not.toEqual(curves[1]?.dash);
  });

  test("have a gap where a value is NaN, and no point where x is none", () => {
    const rows = { x: [0, null, 1, 2], y: [1, 2, { $float: "NaN" }, 3] };
    const [curve] = build("curves", "line", [table("1", rows)]).curves;
    expect([...(curve?.x ?? [])]).toEqual([0, 1, 2]);
    expect([...(curve?.y ?? [])]).toEqual([1, Number.NaN, 3]);
  });

  test("stand over names where x is text", () => {
    const rows = { x: ["mon", "tue", "wed"], y: [3, 1, 2] };
    const figure = build("curves", "line", [table("1", rows)]);
    expect(figure.x.categories).toEqual(["mon", "tue", "wed"]);
    expect([...(figure.curves[0]?.x ?? [])]).toEqual([0, 1, 2]);
  });

  test("of a classifier know their area and what guessing would be", () => {
    const rows = { x: [0, 0, 1], y: [0, 1, 1], class: ["cat", "cat", "cat"] };
    const texts = { "x-axis-title": "False positive rate" };
    const figure = build("curves", "area", [table("1", rows)], { texts });
    expect(figure).toMatchObject({ isUnit: true, hasDiagonal: true });
    expect(figure.curves[0]?.area).toBe(1);
    const recall = build("curves", "area", [table("1", rows)], { texts: {} });
    expect(recall.hasDiagonal).toBe(false);
  });

  test("an area leaves out what is not there", () => {
    expect(areaUnder(Float64Array.of(0, 1, 2), Float64Array.of(1, 1, Number.NaN))).toBe(1);
    expect(areaUnder(Float64Array.of(3), Float64Array.of(1))).toBeNull();
  });
});

describe("bars", () => {
  test("of several runs share their names; what comes twice is added", () => {
    const tables = [
      table("1", { label: ["a", "b", "a"], value: [1, 2, 3] }),
      table("2", { label: ["c", "b"], value: [5, { $float: "NaN" }] }),
    ];
    const figure = build("bars", "bar", tables);
    expect(figure.categories).toEqual(["a", "b", "c"]);
    expect(figure.series.map(({ values }) => [...values])).toEqual([
      [4, 2, Number.NaN],
      [Number.NaN, Number.NaN, 5],
    ]);
  });
});

describe("histograms", () => {
  test("count every value once, the highest too, in the same bins for all runs", () => {
    const tables = [
      table("1", { value: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10] }),
      table("2", { value: [10, 10, { $float: "NaN" }, null] }),
    ];
    const { edges, series } = build("histogram", "histogram", tables);
    expect([...edges]).toEqual([0, 2, 4, 6, 8, 10]);
    expect(series.map(({ values }) => [...values])).toEqual([
      [2, 2, 2, 2, 2],
      [0, 0, 0, 0, 2],
    ]);
  });

  test("of one value, of tiny and of no values have bins of some width", () => {
    for (const value of [[7], [0], [1e-300, 2e-300], [-3, -3], []]) {
      const { edges, series } = build("histogram", "histogram", [table("1", { value })]);
      expect([...edges].every((edge, i) => i === 0 || edge > (edges[i - 1] ?? 0))).toBe(true);
      expect(series[0]?.values.reduce((sum, count) => sum + count, 0)).toBe(value.length);
    }
  });

  test("of words count the words", () => {
    const figure = build("bars", "histogram", [table("1", { value: ["x", "y", "x"] })]);
    expect([figure.categories, [...(figure.series[0]?.values ?? [])]]).toEqual([
      ["x", "y"],
      [2, 1],
    ]);
  });
});

describe("confusion matrices", () => {
  test("have a row for what was and a column for what was said", () => {
    const columns = {
      Actual: ["cat", "cat", "dog"],
      Predicted: ["cat", "dog", "owl"],
      nPredictions: [5, 2, 3],
    };
    const { classes, matrices } = build("matrix", "matrix", [table("1", columns)]);
    expect(classes).toEqual(["cat", "dog", "owl"]);
    expect([...(matrices[0]?.counts ?? [])]).toEqual([5, 2, 0, 0, 0, 3, 0, 0, 0]);
  });
});
