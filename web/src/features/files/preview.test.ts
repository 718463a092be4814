import { expect, test } from "vitest";
import { MAX_TREE, readJson, readText, viewsOf } from "./preview";

const FACTS = {
  mime_type: "",
  md5: null,
  updated_at: "2026-11-22T10:00:00Z",
  language: null,
  size_bytes: 10,
};

test("a file is shown in the way that says most, and as text where it is text", () => {
  expect(viewsOf({ ...FACTS, name: "a.json", preview: "json" })).toEqual(["tree", "text"]);
  expect(viewsOf({ ...FACTS, name: "a.svg", preview: "svg" })).toEqual(["page", "text"]);
  expect(viewsOf({ ...FACTS, name: "a.csv", preview: "table" })).toEqual(["table", "text"]);
  expect(viewsOf({ ...FACTS, name: "diff.patch", preview: "text" })).toEqual(["diff", "text"]);
  const large = { ...FACTS, name: "a.json", size_bytes: MAX_TREE + 1 };
  expect(viewsOf({ ...large, preview: "json" })).toEqual(["text"]);
});

test("text is told from bytes", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  expect(readText(encode("grün"), true)).toBe("grün");
  expect(readText(new Uint8Array([80, 75, 3, 4, 0, 0]), true)).toBeNull();
  expect(readText(new Uint8Array(500).fill(0xfe), true)).toBeNull();
  expect(readText(new Uint8Array(), true)).toBe("");
});

test("a character cut in two at the end is left out", () => {
  const bytes = new TextEncoder().encode("ab한");
  expect(readText(bytes.subarray(0, 3), false)).toBe("ab");
});

test("JSON is read as Python writes it", () => {
  expect(readJson('{"a": NaN, "b": [-Infinity], "c": "NaN \\" NaN"}')).toEqual({
    a: Number.NaN,
    b: [Number.NEGATIVE_INFINITY],
    c: 'NaN " NaN',
  });
  expect(readJson("{broken")).toBeUndefined();
});
