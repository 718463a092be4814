import { expect, test } from "vitest";
import { jsonRows } from "./model";

const VALUE = { a: [1, { b: "x" }], empty: {}, none: null };

test("two levels are open, deeper ones at a click", () => {
  const rows = jsonRows(VALUE, new Set());
  expect(rows.map(({ path, text, isOpen }) => [path, text, isOpen])).toEqual([
    ["", "", true],
    ["/a", "", true],
    ["/a/0", "1", false],
    ["/a/1", "", false],
    ["/empty", "", false],
    ["/none", "null", false],
  ]);
  expect(jsonRows(VALUE, new Set(["/a/1"])).map(({ path }) => path)).toContain("/a/1/b");
  expect(jsonRows(VALUE, new Set(["/a"]))).toHaveLength(4);
});

test("a long list begins closed; a lone value is a row", () => {
  expect(jsonRows(Array.from({ length: 10_000 }), new Set())).toHaveLength(1);
  expect(jsonRows("text", new Set())).toMatchObject([{ text: '"text"', kind: "string" }]);
});
