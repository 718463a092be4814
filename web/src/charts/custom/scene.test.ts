import { describe, expect, test } from "vitest";
import { sceneToSvg } from "./draw";
import { buildFigure, type ChartTable, type Preset } from "./figure";
import { buildCustomScene, type CustomScene, type SceneWords } from "./scene";

const WORDS: SceneWords = {
  more: (count) => `+${count}`,
  area: (area) => `area ${area}`,
  actual: "Actual",
  predicted: "Predicted",
  count: "Count",
  share: "Share",
};
const THEME = {
  grid: "#eee",
  axis: "#ccc",
  text: "#000",
  muted: "#555",
  faint: "#999",
  ground: "#fff",
  font: "sans-serif",
};

interface Asked {
  columns: ChartTable["columns"][];
  size?: [width: number, height: number];
  isNormalised?: boolean;
  color?: string;
  ground?: string;
}

function draw(
  preset: Preset,
  { columns, size = [400, 240], isNormalised = false, color, ground = "#ffffff" }: Asked,
) {
  const tables = columns.map((one, i) => ({
    run: String(i),
    name: `run ${i}`,
    color: color ?? `#00000${i}`,
    columns: one,
  }));
  const spec = { name: "", fields: { x: "x", y: "y", value: "v" }, texts: {} };
  const [width, height] = size;
  const figure = buildFigure(preset, spec, tables, ["#123456", "#654321"]);
  return buildCustomScene(figure, { width, height, isNormalised, ground, words: WORDS });
}

const textsOf = (scene: CustomScene) =>
  scene.marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));

const squares = (num: number) => ({
  Actual: Array.from({ length: num * num }, (_, i) => `c${Math.floor(i / num)}`),
  Predicted: Array.from({ length: num * num }, (_, i) => `c${i % num}`),
  nPredictions: Array.from({ length: num * num }, (_, i) => (i % (num + 1) === 0 ? 9 : 1)),
});

const FIGURES: [Preset, ChartTable["columns"]][] = [
  ["line", { x: [0, 1, 2], y: [1, 3, 2] }],
  ["scatter", { x: [0, 1, 2], y: [1, 3, 2] }],
  ["area", { x: [0, 0.5, 1], y: [0, 0.9, 1], class: ["a", "a", "a"] }],
  ["bar", { label: ["a", "b", "c"], value: [1, -2, 3] }],
  ["histogram", { value: [0, 1, 2, 2, 2, 3, 4, 9] }],
  ["matrix", squares(3)],
];

describe("every kind of chart", () => {
  const sizes: [number, number][] = [
    [320, 160],
    [1200, 700],
  ];
  test.each(FIGURES)("%s says something wherever the arrow keys go", (preset, columns) => {
    for (const size of sizes) {
      const scene = draw(preset, { columns: [columns, columns], size });
      expect(scene.stops.length).toBeGreaterThan(0);
      for (const { x, y } of scene.stops) expect(scene.tipAt(x, y)?.rows.length).toBeGreaterThan(0);
      expect(scene.tipAt(-500, -500)).toBeNull();
    }
  });

  test.each(FIGURES)("%s stays on its ground, as SVG too", (preset, columns) => {
    for (const size of sizes) {
      const scene = draw(preset, { columns: [columns], size });
      for (const mark of scene.marks) {
        const places =
          mark.kind === "rect"
            ? [mark.x, mark.y, mark.x + mark.width, mark.y + mark.height]
            : mark.kind === "text" || mark.kind === "dot"
              ? [mark.x, mark.y]
              : [];
        for (const [i, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThanOrEqual(size[i % 2] ?? 0);
        }
      }
      expect(sceneToSvg(scene, THEME)).not.toContain("NaN");
    }
  });

  test.each(FIGURES)("%s of no rows is empty, not broken", (preset, columns) => {
    const none = Object.fromEntries(Object.keys(columns).map((name) => [name, []]));
    const scene = draw(preset, { columns: [none] });
    expect(scene.stops).toEqual([]);
    expect(sceneToSvg(scene, THEME)).not.toContain("NaN");
  });
});

test("a tip of curves has all runs at that place, the highest first", () => {
  const scene = draw("line", {
    columns: [
      { x: [0, 1, 2], y: [1, 1, 1] },
      { x: [0, 1, 2], y: [5, 6, 7] },
    ],
  });
  const middle = scene.stops[1] ?? { x: 0, y: 0 };
  const tip = scene.tipAt(middle.x + 3, middle.y);
  expect(tip?.title).toBe("x 1");
  expect(tip?.rows.map(({ name, value }) => [name, value])).toEqual([
    ["run 1", "6"],
    ["run 0", "1"],
  ]);
});

test("curves of a classifier say their areas in the legend", () => {
  const scene = draw("area", {
    columns: [{ x: [0, 1, 0, 1], y: [0, 1, 1, 1], class: ["cat", "cat", "dog", "dog"] }],
  });
  expect(textsOf(scene)).toEqual(expect.arrayContaining(["cat · area 0.5", "dog · area 1"]));
});

test("the axis of a low chart has more than one label", () => {
  const scene = draw("line", { columns: [{ x: [0, 1, 2], y: [1, 3, 7] }], size: [400, 110] });
  const { domains, marks } = scene;
  expect(domains.y[0]).toBeLessThan(5);
  const labels = marks.filter((mark) => mark.kind === "text" && mark.align === "right");
  expect(labels.length).toBeGreaterThan(1);
});

test("few bars fill a large chart, each with its value, and are no blocks", () => {
  const label = ["cat", "dog", "owl"];
  const columns = [1, 2].map((i) => ({ label, value: [i, 2 * i, 3 * i] }));
  const scene = draw("bar", { columns, size: [900, 600] });
  const bars = scene.marks.flatMap((mark) => (mark.kind === "rect" ? [mark] : []));
  expect(Math.max(...bars.map(({ y }) => y)) - Math.min(...bars.map(({ y }) => y))).toBeGreaterThan(
    240,
  );
  expect(Math.max(...bars.map(({ height }) => height))).toBeLessThanOrEqual(36);
  expect(textsOf(scene)).toEqual(expect.arrayContaining(["1", "4", "6"]));
});

test("bars of many runs in a low chart are thin before names are left out", () => {
  const label = ["cat", "dog", "owl", "fox"];
  const columns = Array.from({ length: 10 }, (_, i) => ({ label, value: label.map(() => i + 1) }));
  const texts = textsOf(draw("bar", { columns, size: [400, 170] }));
  expect(texts).toEqual(expect.arrayContaining(label));
  const low = draw("bar", { columns, size: [400, 90] });
  expect(textsOf(low)).toEqual(expect.arrayContaining(["cat", "+3"]));
  const more = low.marks.find((mark) => mark.kind === "text" && mark.text === "+3");
  const bottom = Math.max(...low.marks.map((mark) => (mark.kind === "rect" ? mark.y : 0)));
  expect(more?.kind === "text" && more.y > bottom && more.y < 60).toBe(true);
});

test("names that a chart has no room for are counted", () => {
  const label = Array.from({ length: 200 }, (_, i) => `name ${i}`);
  const scene = draw("bar", { columns: [{ label, value: label.map((_, i) => i) }] });
  const named = textsOf(scene).filter((text) => text.startsWith("name "));
  expect(textsOf(scene)).toContain(`+${200 - named.length}`);
});

describe("confusion matrices", () => {
  test("count, or say parts of what a class really was", () => {
    const columns = [squares(2)];
    expect(textsOf(draw("matrix", { columns }))).toEqual(expect.arrayContaining(["9", "1"]));
    const shares = textsOf(draw("matrix", { columns, isNormalised: true }));
    expect(shares).toEqual(expect.arrayContaining(["90\u202f%", "10\u202f%"]));
  });

  test.each([
    ["#fff", "#cc3311", { most: "ground", few: "text" }],
    ["#ffffff", "#ccbb44", { most: "text", few: "text" }],
    ["#15181b", "#66ccee", { most: "ground", few: "text" }],
    ["#15181b", "#418853", { most: "ground", few: "text" }],
    ["#15181b", "#332288", { most: "text", few: "text" }],
  ])("on %s have letters that are read on %s", (ground, color, { most, few }) => {
    const scene = draw("matrix", { columns: [squares(2)], color, ground });
    const inkOf = (said: string) =>
      scene.marks.flatMap((mark) => (mark.kind === "text" && mark.text === said ? [mark.ink] : []));
    expect([inkOf("9")[0], inkOf("1")[0]]).toEqual([most, few]);
  });

  test("of a hundred classes keep a cell for each pair, and names that do not touch", () => {
    const scene = draw("matrix", { columns: [squares(100)], size: [900, 600] });
    expect(scene.stops).toHaveLength(10_000);
    const names = scene.marks.flatMap((mark) =>
      mark.kind === "text" && mark.align === "right" && mark.text.startsWith("c") ? [mark.y] : [],
    );
    const gaps = names.slice(1).map((y, i) => y - (names[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(11);
  });

  test("are all there in a small panel, and named by their classes where there is room", () => {
    const columns = Array.from({ length: 9 }, () => squares(3));
    for (const size of [
      [300, 110],
      [320, 180],
      [1200, 800],
    ] satisfies [number, number][]) {
      const scene = draw("matrix", { columns, size });
      expect(scene.stops).toHaveLength(9 * 9);
      const said = scene.stops.map(({ x, y }) => scene.tipAt(x, y)?.title);
      expect(new Set(said).size).toBe(9);
      for (const { x, y } of scene.stops) {
        expect(x > 0 && x < size[0] && y > 0 && y < size[1]).toBe(true);
      }
    }
    const isNamed = (size: [number, number]) =>
      textsOf(draw("matrix", { columns, size })).includes("Actual");
    expect([isNamed([320, 180]), isNamed([1200, 800])]).toEqual([false, true]);
  });
});
