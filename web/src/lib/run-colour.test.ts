import { describe, expect, it } from "vitest";
import { RUN_COLOURS, runColour, runDashes } from "./run-colour";

const GROUNDS = { light: "#ffffff", dark: "#15181b" };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
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
