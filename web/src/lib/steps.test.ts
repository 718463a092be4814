import { describe, expect, test } from "vitest";
import { hop, nearestStep, placeAtOrBefore, stepMarks } from "./steps";

describe("steps", () => {
  const STEPS = [0, 10, 10, 25];

  test("what was there at a step is the last value before it", () => {
    expect([-5, 0, 9, 10, 24, 99].map((step) => placeAtOrBefore(STEPS, step))).toEqual([
      0, 0, 0, 2, 2, 3,
    ]);
    expect(placeAtOrBefore([], 3)).toBe(0);
  });

  test("a thumb snaps to the nearest", () => {
    expect([4, 6, 18, 99].map((step) => nearestStep(STEPS, step))).toEqual([0, 10, 25, 25]);
    expect(nearestStep([], 7)).toBe(7);
  });

  test("arrows go from value to value and end at the ends", () => {
    expect(hop(STEPS, 0, 1)).toBe(10);
    expect(hop(STEPS, 10, 1)).toBe(25);
    expect(hop(STEPS, 25, 1)).toBeNull();
    expect(hop(STEPS, 25, -1)).toBe(10);
    expect(hop(STEPS, 17, -1)).toBe(10);
    expect(hop(STEPS, 0, -1)).toBeNull();
  });

  test("marks are parts of the length, never more than asked for", () => {
    expect(stepMarks(STEPS, 100)).toEqual([0, 0.4, 1]);
    expect(stepMarks([3, 3], 100)).toEqual([]);
    const many = Array.from({ length: 2_000 }, (_, i) => i * 2_500);
    expect(stepMarks(many, 100)).toHaveLength(101);
  });
});
