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
    const usual = readGrid(undefined);
    const columns = (kind: "history" | "media") =>
      [300, 700, 1400].map((width) => numColumnsIn(width, usual, kind));
    expect(columns("history")).toEqual([1, 2, 4]);
    expect(columns("media")).toEqual([1, 1, 3]);
    expect(numColumnsIn(1400, readGrid("2"), "media")).toBe(2);
    expect(numColumnsIn(390, readGrid("4"), "history")).toBe(2);
    expect(numColumnsIn(0, readGrid("4"), "history")).toBe(1);
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
    const grid = readGrid("2s");
    const charts = { kind: "history", numPanels: 5 } as const;
    expect(sectionHeight(charts, false, 800, grid)).toBe(HEADER + 3 * (172 + GAP));
    expect(sectionHeight({ ...charts, kind: "media" }, false, 800, grid)).toBe(
      HEADER + 3 * (260 + GAP),
    );
    expect(sectionHeight(charts, true, 800, grid)).toBe(HEADER);
  });
});
