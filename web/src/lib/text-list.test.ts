import { expect, it } from "vitest";
import { joinTexts, splitTexts } from "./text-list";

it.each([
  [[], ""],
  [["train/loss", "val"], "train/loss,val"],
  [["a,b", "100%", "%2C"], "a%2Cb,100%25,%252C"],
])("%j travels as %s", (texts, text) => {
  expect(joinTexts(texts)).toBe(text);
  expect(splitTexts(text)).toEqual(texts);
});

it("reads a missing text as an empty list", () => {
  expect(splitTexts(undefined)).toEqual([]);
});
