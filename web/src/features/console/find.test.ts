import { describe, expect, it, vi } from "vitest";
import type { ConsoleMatches } from "@/api/types";
import { parseLine } from "./ansi";
import { findNext, findPrevious } from "./find";
import { markSpans, matcherOf } from "./highlight";
import { formatLineTime, MAX_SHOWN, showLine } from "./line";

/** A console with matches at some positions, which looks at so many lines per answer. */
function consoleWith(positions: readonly number[], numLines: number, budget = numLines) {
  return vi.fn(async (start: number, limit: number): Promise<ConsoleMatches> => {
    const stop = Math.min(numLines, start + budget);
    const inside = positions.filter((position) => position >= start && position < stop);
    const found = inside.slice(0, limit);
    const next = inside[limit] ?? (stop < numLines ? stop : null);
    const line = (position: number) => ({
      position,
      number: position,
      writer: "",
      label: null,
      text: "x",
      at: null,
      level: null,
    });
    return {
      matches: found.map((position) => ({ line: line(position), spans: [] })),
      next,
      total: null,
      num_positions: numLines,
    };
  });
}

describe("finding from a line", () => {
  const sparse = [10, 500_000, 999_990];
  const nothing = { positions: [], covered: 0 };
  const END = 1_000_000;

  it("goes on and begins again after the end", async () => {
    const search = consoleWith(sparse, END, 100_000);
    const first = { positions: [10], covered: 100_000 };
    expect(await findNext(search, nothing, 0, END)).toBe(10);
    expect(await findNext(search, first, 11, END)).toBe(500_000);
    expect(await findNext(search, first, 999_991, END)).toBe(10);
  });

  it("goes back and begins again from the end", async () => {
    const search = consoleWith(sparse, END, 100_000);
    const first = { positions: [10], covered: 100_000 };
    expect(await findPrevious(search, first, 999_990, END)).toBe(500_000);
    expect(await findPrevious(search, first, 10, END)).toBe(999_990);
  });

  it("asks nobody for what is known", async () => {
    const search = consoleWith(sparse, END);
    const all = { positions: sparse, covered: END };
    expect(await findNext(search, all, 11, END)).toBe(500_000);
    expect(await findNext(search, all, 999_991, END)).toBe(10);
    expect(await findPrevious(search, all, 500_000, END)).toBe(10);
    expect(await findPrevious(search, all, 10, END)).toBe(999_990);
    expect(search).not.toHaveBeenCalled();
  });

  it("asks once where matches are dense", async () => {
    const all = Array.from({ length: 5000 }, (_, i) => i);
    const search = consoleWith(all, 5000);
    expect(await findPrevious(search, nothing, 4000, 5000)).toBe(3999);
    expect(search).toHaveBeenCalledTimes(1);
  });

  it("ends where there is none", async () => {
    const search = consoleWith([], 300_000, 100_000);
    expect(await findNext(search, nothing, 7, 300_000)).toBeNull();
    expect(await findPrevious(search, nothing, 7, 300_000)).toBeNull();
  });
});

describe("marks", () => {
  const ranges = (text: string, line: string, change = {}) =>
    matcherOf({ text, isPattern: false, isCaseSensitive: false, ...change })?.(line);

  it("finds text as it is written, in any case unless asked", () => {
    expect(ranges("a.b", "A.B axb a.b")).toEqual([
      [0, 3],
      [8, 11],
    ]);
    expect(ranges("A.B", "A.B a.b", { isCaseSensitive: true })).toEqual([[0, 3]]);
    expect(ranges("", "abc")).toBeUndefined();
  });

  it("finds patterns, but none that could run for ever, nor broken ones", () => {
    expect(ranges("lo+s", "loss LOOS", { isPattern: true })).toEqual([
      [0, 3],
      [5, 9],
    ]);
    expect(ranges("(a+)+$", "aaa", { isPattern: true })).toBeUndefined();
    expect(ranges("(", "(", { isPattern: true })).toBeUndefined();
  });

  it("cuts spans and keeps their styles", () => {
    const marked = markSpans(parseLine("one \x1b[31mtwo three\x1b[0m"), [[2, 7]]);
    expect(marked.map(({ text, style, isMatch }) => [text, style?.fg ?? null, isMatch])).toEqual([
      ["on", null, false],
      ["e ", null, true],
      ["two", 1, true],
      [" three", 1, false],
    ]);
  });
});

describe("showLine", () => {
  it("cuts long lines and says so", () => {
    const { spans, isCut } = showLine("x".repeat(1_000_000));
    expect(spans[0]?.text).toHaveLength(MAX_SHOWN);
    expect(isCut).toBe(true);
  });

  it("shows the last state of a bar that was rewritten very often", () => {
    const bar = Array.from({ length: 5000 }, (_, i) => `${i}%`).join("\r");
    expect(showLine(`${bar}\r`)).toEqual({
      spans: [{ text: "4999%", style: null }],
      isCut: false,
    });
  });
});

describe("formatLineTime", () => {
  const start = Date.parse("2026-11-22T10:00:00Z");
  it.each([
    ["2026-11-22T10:00:01.250000", "relative", "1.3"],
    ["2026-11-22T10:02:05.000Z", "relative", "2:05.0"],
    ["2026-11-22T13:00:07.000Z", "relative", "3:00:07"],
    ["2026-11-22T09:59:59.500Z", "relative", "\u22120.5"],
    ["2026-11-22T10:00:01Z", "off", ""],
    [null, "relative", ""],
    ["nonsense", "clock", ""],
  ] as const)("%s %s is %s", (at, form, text) => {
    expect(formatLineTime(at, form, start)).toBe(text);
  });

  it("tells the local clock to the millisecond", () => {
    expect(formatLineTime("2026-11-22T10:00:01.256Z", "clock", start)).toMatch(/^\d\d:00:01\.256$/);
  });
});
