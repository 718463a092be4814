import { describe, expect, it } from "vitest";
import {
  GAP,
  HEADER,
  numColumnsIn,
  readGrid,
  sectionHeight,
  sectionsWithin,
  writeGrid,
} from "./layout";
import { buildSections } from "./sections";

describe("the grid in the URL", () => {
  it.each([undefined, "3", "2l", "s"])("keeps %s", (text) => {
    expect(writeGrid(readGrid(text))).toBe(text);
  });

  it.each(["0", "x", "-1", "33", "m"])("takes %s for the usual one", (text) => {
    expect(writeGrid(readGrid(text))).toBeUndefined();
  });
});

describe("columns", () => {
  it("are as many as fit, or as were chosen where they can be read", () => {
    expect([300, 700, 1400].map((width) => numColumnsIn(width, readGrid(undefined)))).toEqual([
      1, 2, 4,
    ]);
    expect(numColumnsIn(1400, readGrid("2"))).toBe(2);
    expect(numColumnsIn(390, readGrid("4"))).toBe(2);
    expect(numColumnsIn(0, readGrid("4"))).toBe(1);
  });
});

describe("sections on the screen", () => {
  it("are found by their heights, and the others leave their room", () => {
    expect(sectionsWithin([100, 200, 300, 400], 150, 250)).toEqual({
      first: 1,
      end: 2,
      above: 100,
      below: 700,
    });
    expect(sectionsWithin([100, 200], 1000, 2000)).toMatchObject({ first: 0, end: 0 });
    expect(sectionsWithin([], 0, 100)).toEqual({ first: 0, end: 0, above: 0, below: 0 });
  });

  it("take a header, and a row for each few charts", () => {
    const names = Array.from({ length: 5 }, (_, i) => ({
      name: `k${i}`,
      kind: "number" as const,
      x: null,
      hidden: false,
      better: null,
    }));
    const [section] = buildSections(names, []);
    if (!section) throw new Error("no section");
    expect(sectionHeight(section, false, 2, 100)).toBe(HEADER + 3 * (100 + GAP));
    expect(sectionHeight(section, true, 2, 100)).toBe(HEADER);
  });
});
