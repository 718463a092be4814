/** Line scenes: what is on the paper, in numbers and as golden pictures. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drawSvg } from "@/charts/line/draw-svg";
import { buildFigure } from "@/charts/line/figure";
import { buildScene, type Mark, type Scene } from "@/charts/line/scene";
import type { LineSeries, LineView } from "@/charts/line/types";

const THEME = {
  grid: "#f0efed",
  axis: "#d6d3d1",
  text: "#1c1917",
  muted: "#57534e",
  faint: "#a8a29e",
  ground: "#ffffff",
  font: "Inter, sans-serif",
};

const DARK = {
  grid: "#22272c",
  axis: "#3a4149",
  text: "#ece9e4",
  muted: "#a8a29e",
  faint: "#6b6f76",
  ground: "#15181b",
  font: "Inter, sans-serif",
};

const VIEW: LineView = {
  width: 440,
  height: 200,
  x: "step",
  xScale: "linear",
  yScale: "linear",
  zoom: null,
  yRange: [null, null],
  ignoreOutliers: false,
  isLive: false,
  previous: null,
  above: 0,
  below: 0,
};

const COLOURS = ["#4477aa", "#ec6476", "#228833", "#a39200"];

function exact(id: string, x: number[], y: number[], color = COLOURS[0] ?? ""): LineSeries {
  const data = {
    exact: true,
    numRows: x.length,
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    smooth: null,
  } as const;
  return { id, name: `run-${id}`, color, dash: [], data };
}

function curve(id: string, count: number, f: (i: number) => number, color?: string): LineSeries {
  const x = Array.from({ length: count }, (_, i) => i);
  return exact(id, x, x.map(f), color);
}

function bucketed(id: string, count: number): LineSeries {
  const at = (f: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => f(i));
  const odd = (...where: number[]) =>
    Uint32Array.from({ length: count }, (_, i) => (where.includes(i) ? 3 : 0));
  const mean = (i: number) => 2 * Math.exp(-i / 12) + 0.1;
  return {
    id,
    name: `run-${id}`,
    color: "#009988",
    dash: [6, 3],
    data: {
      exact: false,
      numRows: count * 240,
      x0: at((i) => i * 240),
      x1: at((i) => i * 240 + 239),
      min: at((i) => mean(i) - 0.2 * Math.abs(Math.cos(i)) - 0.02),
      max: at((i) => mean(i) + 0.4 * Math.abs(Math.sin(i)) + 0.02),
      mean: at(mean),
      nan: odd(10, 30),
      posinf: odd(20),
      neginf: odd(40),
      smooth: null,
    },
  };
}

/** With smoothed values: those of each point's neighbourhood, or of each bucket's end. */
function smoothed(series: LineSeries): LineSeries {
  const { data } = series;
  const values = data.exact ? data.y : data.mean;
  const around = (i: number) => values.subarray(Math.max(0, i - 8), i + 9).filter(Number.isFinite);
  const smooth = values.map((value, i) =>
    Number.isFinite(value) ? around(i).reduce((a, b) => a + b, 0) / around(i).length : Number.NaN,
  );
  return { ...series, data: { ...data, smooth } };
}

const noisy = (i: number) => Math.exp(-i / 60) + 0.25 * Math.sin(i * 12.9898) * Math.cos(i * 4.1);

const sin = (phase: number) => (i: number) => Math.sin(i / 20 + phase) * (1 + phase);

interface Case {
  series: LineSeries[];
  view?: Partial<LineView>;
  /** The run that is pointed at. */
  front?: string;
  theme?: typeof THEME;
}

const CASES: Record<string, Case> = {
  none: { series: [] },
  one: { series: [curve("a", 200, (i) => 2 * Math.exp(-i / 40) + 0.1)] },
  "one-point": { series: [exact("a", [7], [0.25])] },
  "constant-line": { series: [curve("a", 50, () => 3)] },
  many: { series: COLOURS.map((color, i) => curve(String(i), 120, sin(i), color)) },
  nan: {
    series: [curve("a", 60, (i) => (i % 20 === 10 ? Number.NaN : Math.sqrt(i)))],
  },
  infinity: {
    series: [
      curve("a", 60, (i) =>
        i === 20 ? Number.POSITIVE_INFINITY : i === 40 ? Number.NEGATIVE_INFINITY : i / 10 - 3,
      ),
    ],
  },
  "only-nan": { series: [curve("a", 5, () => Number.NaN)] },
  log: {
    series: [curve("a", 100, (i) => 10 ** (-i / 25)), curve("b", 100, (i) => i - 50, COLOURS[1])],
    view: { yScale: "log" },
  },
  buckets: { series: [bucketed("a", 60)] },
  relative: {
    series: [
      exact(
        "a",
        Array.from({ length: 90 }, (_, i) => i * 120),
        Array.from({ length: 90 }, (_, i) => i * i),
      ),
    ],
    view: { x: "relative" },
  },
  time: {
    series: [
      exact(
        "a",
        Array.from({ length: 48 }, (_, i) => 1_790_000_000 + i * 3600),
        Array.from({ length: 48 }, (_, i) => i % 24),
      ),
    ],
    view: { x: "time" },
  },
  highlight: {
    series: COLOURS.map((color, i) => curve(String(i), 120, sin(i), color)),
    front: "1",
  },
  smooth: {
    series: [
      smoothed(curve("a", 200, noisy)),
      smoothed(curve("b", 200, (i) => (i % 50 === 25 ? Number.NaN : noisy(i) + 0.6), COLOURS[1])),
    ],
  },
  "smooth-buckets": { series: [smoothed(bucketed("a", 60))] },
  "log-x": {
    series: [curve("a", 10_000, (i) => 1 / Math.sqrt(i + 1))],
    view: { xScale: "log" },
  },
  "log-log": {
    series: [curve("a", 5000, (i) => 1 / (i + 1))],
    view: { xScale: "log", yScale: "log" },
  },
  metric: {
    series: [
      exact(
        "a",
        Array.from({ length: 60 }, (_, i) => i / 8),
        Array.from({ length: 60 }, (_, i) => Math.sqrt(i)),
      ),
    ],
    view: { x: "metric" },
  },
  outliers: {
    series: [curve("a", 300, (i) => (i === 40 ? 5000 : Math.sin(i / 15)))],
    view: { ignoreOutliers: true },
  },
  "fixed-y": {
    series: [curve("a", 200, sin(1))],
    view: { yRange: [0, 1.5] },
  },
  "zoom-both": {
    series: [curve("a", 200, sin(1))],
    view: { zoom: [20, 80], yRange: [-1, 1] },
  },
  "zoom-sparse": {
    series: [
      exact("a", [100, 150], [0.2, 0.9]),
      exact("b", [50, 118, 131, 400], [5, 0.3, 0.5, 40], COLOURS[1]),
      exact("c", [100, 150], [1, Number.NaN], COLOURS[2]),
    ],
    view: { zoom: [101, 149] },
  },
  hundred: {
    series: Array.from({ length: 100 }, (_, i) =>
      curve(String(i), 25, sin(i / 25), COLOURS[i % COLOURS.length]),
    ),
  },
  "hundred-highlight": {
    series: Array.from({ length: 100 }, (_, i) =>
      smoothed(curve(String(i), 25, sin(i / 25), COLOURS[i % COLOURS.length])),
    ),
    front: "50",
  },
  dark: {
    series: COLOURS.map((color, i) => smoothed(curve(String(i), 120, sin(i), color))),
    theme: DARK,
  },
};

function scene(name: string): Scene {
  const found = CASES[name];
  if (!found) throw new Error(`No case ${name}.`);
  return buildScene(found.series, { ...VIEW, ...found.view });
}

function marks<K extends Mark["kind"]>({ under, data, edge, labels }: Scene, kind: K) {
  return [...under, ...data, ...edge, ...labels].filter(
    (m): m is Extract<Mark, { kind: K }> => m.kind === kind,
  );
}

function expectGolden(name: string, svg: string): void {
  const path = new URL(`./line-${name}.svg`, import.meta.url);
  if (process.env.UPDATE_GOLDEN || !existsSync(path)) writeFileSync(path, svg);
  expect(svg).toBe(readFileSync(path, "utf8"));
}

describe("golden pictures", () => {
  it.each(Object.keys(CASES))("%s", (name) => {
    const { theme = THEME, front = null } = CASES[name] ?? {};
    expectGolden(name, drawSvg(scene(name), theme, front));
  });

  it("figure", () => {
    const { width, height, x, xScale, yScale, zoom, yRange, ignoreOutliers } = VIEW;
    const figure = buildFigure({
      title: "val/loss",
      series: Array.from({ length: 40 }, (_, i) =>
        curve(`${i}-with-a-name`, 60, sin(i / 10), COLOURS[i % COLOURS.length]),
      ),
      view: { width, height, x, xScale, yScale, zoom, yRange, ignoreOutliers },
      more: (count) => `and ${count} more runs`,
    });
    expectGolden("figure", drawSvg(figure, THEME));
  });
});

describe("scenes", () => {
  it("have an x axis and invent no scale without series", () => {
    const empty = scene("none");
    expect(marks(empty, "line")).toEqual([]);
    expect(marks(empty, "rule").length).toBeGreaterThan(0);
    expect(marks(empty, "text").filter(({ align }) => align === "right")).toEqual([]);
  });

  it("draw one point as a dot in the middle", () => {
    const one = scene("one-point");
    const [dot] = marks(one, "dot").filter(({ x }) => x < one.plot.right);
    expect(dot?.x).toBeCloseTo((one.plot.left + one.plot.right) / 2);
  });

  it("lift the pen at NaN and put a triangle on the lower edge", () => {
    const nan = scene("nan");
    const [line] = marks(nan, "line");
    expect(line?.points[2 * 10]).toBeNaN();
    expect(line?.points[2 * 11]).not.toBeNaN();
    const glyphs = marks(nan, "glyph");
    expect(glyphs.map(({ shape }) => shape)).toEqual(["nan", "nan", "nan"]);
    for (const { y } of glyphs) expect(y).toBeGreaterThan(nan.plot.bottom - 10);
  });

  it("mark the infinities on their edges and keep them out of the scale", () => {
    const inf = scene("infinity");
    const glyphs = marks(inf, "glyph");
    expect(glyphs.map(({ shape }) => shape)).toEqual(["posinf", "neginf"]);
    expect(inf.y.domain[0]).toBeGreaterThanOrEqual(-4);
    expect(inf.y.domain[1]).toBeLessThanOrEqual(4);
  });

  it("leave values of zero and less off a log axis", () => {
    const log = scene("log");
    expect(log.y.domain[0]).toBeGreaterThan(0);
    const line = marks(log, "line").find(({ id }) => id === "b");
    expect(line?.points[2 * 50 + 1]).toBeNaN();
    expect(line?.points[2 * 51 + 1]).not.toBeNaN();
  });

  it("draw a bucket at its centre and mean, with a band between its extremes", () => {
    const buckets = scene("buckets");
    expect(buckets.lines[0]?.x[0]).toBe(119.5);
    const [band] = marks(buckets, "band");
    expect(band?.opacity).toBe(0.12);
    expect(band?.edges[1]).toBeLessThan(band?.edges[2] ?? 0);
    expect(marks(buckets, "glyph").map(({ shape }) => shape)).toEqual([
      "nan",
      "posinf",
      "nan",
      "neginf",
    ]);
  });

  it("name up to eight lines and no more", () => {
    const lines = (count: number) =>
      buildScene(
        Array.from({ length: count }, (_, i) => curve(String(i), 100, sin(i))),
        VIEW,
      );
    const names = (s: Scene) => marks(s, "text").filter(({ text }) => text.startsWith("run-"));
    expect(names(lines(8))).toHaveLength(8);
    expect(names(lines(9))).toHaveLength(0);
    const at = names(lines(8)).map(({ y }) => y);
    for (const [i, y] of at.entries())
      if (i > 0) expect(y - (at[i - 1] ?? 0)).toBeGreaterThanOrEqual(12.9);
  });

  it("bring one run forward on top of the others, which are drawn once for all", () => {
    const svg = drawSvg(scene("highlight"), THEME, "1");
    const [before = "", after = ""] = svg.split("</g>\n</g>");
    expect(before).toContain(`<g opacity="0.2">`);
    expect(before.match(/stroke-width="1.5"/g)).toHaveLength(4);
    expect(after.match(/stroke-width="2"/g)).toHaveLength(1);
    expect(after).toContain(COLOURS[1]);
  });

  it("draw the smoothed line over the paler values, at the buckets' ends", () => {
    const [original, line] = marks(scene("smooth-buckets"), "line");
    expect([original?.opacity, line?.opacity]).toEqual([0.25, 1]);
    const { x, lines } = scene("smooth-buckets");
    expect(line?.points[0]).toBeCloseTo(x.toPixel(239));
    expect(original?.points[0]).toBeCloseTo(x.toPixel(119.5));
    expect(lines[0]?.smooth?.y).toHaveLength(60);
  });

  it("keep the same y axis whether smoothed or not", () => {
    const { series } = CASES.smooth ?? { series: [] };
    const plain = series.map((one) => ({ ...one, data: { ...one.data, smooth: null } }));
    expect(buildScene(series, VIEW).y.domain).toEqual(buildScene(plain, VIEW).y.domain);
  });

  it("begin a log x axis at the first step above zero", () => {
    const log = scene("log-x");
    expect(log.x.domain[0]).toBe(1);
    const [line] = marks(log, "line");
    expect(line?.points[0]).toBe(log.plot.left);
    expect(marks(log, "text").map(({ text }) => text)).toContain("1000");
  });

  it("show a zoom from zero on a log axis from the first value on", () => {
    const { series } = CASES["log-x"] ?? { series: [] };
    const zoomed = (zoom: readonly [number, number]) =>
      buildScene(series, { ...VIEW, xScale: "log", zoom }).x.domain;
    expect(zoomed([0, 50])).toEqual([1, 50]);
    expect(zoomed([5, 50])).toEqual([5, 50]);
    expect(zoomed([-10, -5])).toEqual([1, 9999]);
  });

  it("leave outliers out of the scale, and evenly spread values in it", () => {
    expect(scene("outliers").y.domain[1]).toBeLessThan(3);
    const even = curve("a", 100, (i) => i);
    const view = { ...VIEW, ignoreOutliers: true };
    expect(buildScene([even], view).y.domain).toEqual(buildScene([even], VIEW).y.domain);
  });

  it("show the range of y that was fixed, and one open end", () => {
    expect(scene("fixed-y").y.domain).toEqual([0, 1.5]);
    const { series } = CASES["fixed-y"] ?? { series: [] };
    const open = buildScene(series, { ...VIEW, yRange: [0, null] }).y.domain;
    expect(open[0]).toBe(0);
    expect(open[1]).toBeGreaterThanOrEqual(2);
    expect(buildScene(series, { ...VIEW, yRange: [50, null] }).y.domain[0]).toBe(50);
  });

  it("fit y to what is in the zoom, also while the picture is still the old one", () => {
    const rising = curve("a", 100, (i) => i);
    expect(buildScene([rising], { ...VIEW, zoom: [10, 20] }).y.domain).toEqual([10, 20]);
  });

  it("fit y to where lines enter and leave the zoom, not to the values far beside it", () => {
    const far = exact("a", [0, 49, 51, 100], [-1000, 4, 6, 1000]);
    const [lo, hi] = buildScene([far], { ...VIEW, zoom: [48, 52] }).y.domain;
    expect(lo).toBeLessThanOrEqual(4 - 1004 / 49);
    expect(lo).toBeGreaterThan(-30);
    expect(hi).toBeGreaterThanOrEqual(6 + 994 / 49);
    expect(hi).toBeLessThan(40);
    const through = exact("b", [1, 100], [1, 100]);
    const view = { ...VIEW, xScale: "log", yScale: "log", zoom: [9, 11] } as const;
    const [low, high] = buildScene([through], view).y.domain;
    expect([low, high]).toEqual([5, 20]);
  });

  it("name a line where it leaves the zoom, and one that does not cross it not at all", () => {
    const found = scene("zoom-sparse");
    const names = marks(found, "text").filter(({ text }) => text.startsWith("run-"));
    expect(names.map(({ text }) => text).toSorted()).toEqual(["run-a", "run-b"]);
    const name = names.find(({ text }) => text === "run-a");
    expect(name?.y).toBeCloseTo(found.y.toPixel(0.2 + (0.7 * 49) / 50));
  });

  it("keep every peak where there are more points than pixels", () => {
    const spiky = curve("a", 100_000, (i) => (i === 54_321 ? 100 : Math.sin(i)));
    const scene = buildScene([spiky], VIEW);
    const [line] = marks(scene, "line");
    expect((line?.points.length ?? 0) / 2).toBeLessThan(4 * VIEW.width);
    const tops = [...(line?.points ?? [])].filter((_, i) => i % 2 === 1);
    expect(Math.min(...tops)).toBeCloseTo(scene.y.toPixel(100));
  });

  it("show exactly the range that was zoomed to", () => {
    const { series } = CASES.one ?? { series: [] };
    expect(buildScene(series, { ...VIEW, zoom: [12.5, 80] }).x.domain).toEqual([12.5, 80]);
  });

  it("take ten thousand series", () => {
    const series = Array.from({ length: 10_000 }, (_, i) => curve(String(i), 3, sin(i)));
    expect(marks(buildScene(series, VIEW), "line")).toHaveLength(10_000);
  });
});

describe("axes of a growing run", () => {
  const grown = (count: number, previous: LineView["previous"]) =>
    buildScene([curve("a", count, (i) => i / 100)], { ...VIEW, isLive: true, previous });
  const axes = ({ x, y }: Scene) => ({
    x: x.domain,
    y: y.domain,
    xScale: "linear" as const,
    yScale: "linear" as const,
  });

  it("hold still for small growth and move in steps for large", () => {
    const first = axes(grown(810, null));
    const more = axes(grown(830, first));
    expect(more).toEqual(first);
    expect(axes(grown(1100, more)).x[1]).toBeGreaterThan(first.x[1]);
  });

  it("move a few times over a whole run, not at every point", () => {
    let previous: LineView["previous"] = null;
    const seen = new Set<number>();
    for (let count = 100; count <= 5000; count += 10) {
      const now = axes(grown(count, previous));
      seen.add(now.x[1]);
      previous = now;
    }
    expect(seen.size).toBeLessThan(40);
  });
});

describe("numbers at the ends of what there is", () => {
  it.each([
    ["near the largest, both signs", [-1.7e308, 1.7e308, 0]],
    ["the largest alone", [Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE]],
    ["near the smallest", [5e-324, 1e-323, 5e-322]],
    ["the whole range", [1e-300, 1, 1e300]],
    ["one part in a billion", [1e9, 1e9 + 0.05, 1e9 + 0.1]],
  ])("%s are drawn inside the plot, on both kinds of axis", (_, values) => {
    for (const yScale of ["linear", "log"] as const) {
      const scene = buildScene([exact("a", [0, 1, 2], values)], { ...VIEW, yScale });
      for (const mark of scene.data) {
        if (mark.kind !== "line") continue;
        for (let i = 1; i < mark.points.length; i += 2) {
          const at = mark.points[i] ?? Number.NaN;
          if (yScale === "log" && Number.isNaN(at)) continue;
          expect(at).toBeGreaterThanOrEqual(scene.plot.top - 1e-6);
          expect(at).toBeLessThanOrEqual(scene.plot.bottom + 1e-6);
        }
      }
      expect(scene.y.toValue(scene.y.toPixel(values[1] ?? 0))).not.toBeNaN();
    }
  });
});
