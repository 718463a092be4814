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

  it("depend on the id alone", () => {
    expect(runColour("abc123")).toEqual(runColour("abc123"));
  });

  it("spread over the palette", () => {
    const seen = new Set(Array.from({ length: 200 }, (_, i) => runColour(`run-${i}`).light));
    expect(seen.size).toBe(RUN_COLOURS.length);
  });

  it("give runs of one colour different strokes, the oldest a solid one", () => {
    const dashes = runDashes(["same", "other", "same"].map((id, i) => (i === 2 ? "same" : id)));
    expect(dashes.get("other")).toEqual([]);
    const ids = Array.from({ length: 40 }, (_, i) => `r${i}`);
    const twins = ids.filter((id) => runColour(id) === runColour("r0"));
    const strokes = runDashes(ids);
    expect(strokes.get(twins[0] ?? "")).toEqual([]);
    expect(strokes.get(twins[1] ?? "")).not.toEqual([]);
  });
});
