import { describe, expect, it } from "vitest";
import { RUN_COLOURS, runColour, runDashes } from "./run-colour";
import { ciede2000, colourDifference, linear, VISIONS, type Vision } from "./testing/colour-vision";

const GROUNDS = { light: "#ffffff", dark: "#15181b" };

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

describe("run colours", () => {
  it.each(RUN_COLOURS)("$light / $dark reach 3 : 1 on their ground", ({ light, dark }) => {
    expect(contrast(light, GROUNDS.light)).toBeGreaterThanOrEqual(3);
    expect(contrast(dark, GROUNDS.dark)).toBeGreaterThanOrEqual(3);
  });

  // CIEDE2000. What is drawn most: the first eight runs, and runs that came soon after each other.
  const LEAST: Readonly<Record<Vision, { any: number; first: number; near: number }>> = {
    normal: { any: 10, first: 17, near: 17 },
    protan: { any: 4, first: 9, near: 11 },
    deutan: { any: 3.5, first: 8.5, near: 11 },
    tritan: { any: 5, first: 8, near: 10 },
  };

  it.each(
    VISIONS.flatMap((vision) => [
      { vision, ground: "light" as const },
      { vision, ground: "dark" as const },
    ]),
  )("are told apart on a $ground ground by $vision eyes", ({ vision, ground }) => {
    const pairs = RUN_COLOURS.flatMap((a, i) =>
      RUN_COLOURS.slice(0, i).map((b, j) => ({
        difference: colourDifference(a[ground], b[ground], vision),
        isFirst: i < 8,
        // The sequence begins again after its end.
        distance: Math.min(i - j, RUN_COLOURS.length - i + j),
      })),
    );
    const least = (some: typeof pairs) => Math.min(...some.map(({ difference }) => difference));
    const { any, first, near } = LEAST[vision];
    expect(least(pairs)).toBeGreaterThanOrEqual(any);
    expect(least(pairs.filter(({ isFirst }) => isFirst))).toBeGreaterThanOrEqual(first);
    expect(least(pairs.filter(({ distance }) => distance <= 2))).toBeGreaterThanOrEqual(near);
  });

  it("depend on the run alone", () => {
    expect(runColour({ id: "abc123" })).toEqual(runColour({ id: "abc123" }));
    expect(runColour({ id: "abc123", number: 3 })).toEqual(runColour({ id: "other", number: 3 }));
  });

  it("differ between as many neighbours as there are, where runs have numbers", () => {
    const neighbours = RUN_COLOURS.map((_, i) => runColour({ id: "same", number: i + 12 }).light);
    expect(new Set(neighbours).size).toBe(RUN_COLOURS.length);
  });

  it("spread over the palette without numbers", () => {
    const runs = Array.from({ length: 200 }, (_, i) => ({ id: `run-${i}` }));
    expect(new Set(runs.map((run) => runColour(run).light)).size).toBe(RUN_COLOURS.length);
  });

  it("give runs of one colour different strokes, the oldest a solid one", () => {
    const runs = Array.from({ length: 40 }, (_, i) => ({ id: `r${i}` }));
    const [first, second] = runs.filter((run) => runColour(run) === runColour({ id: "r0" }));
    const strokes = runDashes(runs);
    expect(strokes.get(first?.id ?? "")).toEqual([]);
    expect(strokes.get(second?.id ?? "")).not.toEqual([]);
  });
});

describe("the difference of colours", () => {
  // Of the test data that come with the formula's paper.
  it.each<[[number, number, number], [number, number, number], number]>([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.5, 0], [58, 24, 15], 19.4535],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ])("of %j and %j is %d", (a, b, difference) => {
    expect(ciede2000(a, b)).toBeCloseTo(difference, 4);
    expect(ciede2000(b, a)).toBeCloseTo(difference, 4);
  });
});
