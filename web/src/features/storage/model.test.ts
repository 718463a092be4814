import { expect, it } from "vitest";
import type { ArtifactSizes, Sizes } from "@/api/storage";
import {
  bytesOf,
  chosenOf,
  countOf,
  daysText,
  NOTHING,
  readDays,
  sumOf,
  toggled,
  totalOf,
  withPart,
} from "./model";

const sizes: Sizes = {
  total: 21,
  history: 1,
  system: 2,
  console: 3,
  files: 4,
  media: 5,
  documents: 6,
};
const artifacts: ArtifactSizes = {
  num_versions: 2,
  logical_bytes: 500,
  stored_bytes: 100,
  unique_bytes: 50,
};

it("counts artifacts as they lie on the disk, and what is in the trash", () => {
  const bytes = bytesOf(sizes, artifacts, { ...sizes, total: 1_000 });
  expect(totalOf(bytes)).toBe(21 + 100 + 1_000);
  expect(totalOf(bytesOf(sizes))).toBe(21);
  expect(sumOf([bytes, bytes]).artifacts).toBe(200);
});

it("chooses runs and artifacts apart", () => {
  const one = toggled(toggled(NOTHING, "runs", "b", true), "runs", "a", true);
  const both = toggled(one, "collections", "a", true);
  expect(countOf(both)).toBe(3);
  expect(chosenOf(both)).toEqual({ runs: ["a", "b"], collections: ["a"] });
  expect(countOf(toggled(both, "runs", "a", false))).toBe(2);
  expect(countOf(NOTHING)).toBe(0);
});

it("puts each part of a rule on a line of its own", () => {
  expect(withPart("", "keep with tag")).toBe("keep with tag");
  expect(withPart("keep newest 5\n\n", "keep with tag")).toBe("keep newest 5\nkeep with tag");
});

it.each([
  ["30", 2_592_000],
  [" 0.5 ", 43_200],
  ["0", null],
  ["-1", null],
  ["", null],
  ["1e9", null],
  ["40000", null],
  ["ten", null],
])("reads %j days as %j", (text, seconds) => {
  expect(readDays(text)).toBe(seconds);
});

it("writes days as short as they are", () => {
  expect(daysText(86_400)).toBe("1");
  expect(daysText(129_600)).toBe("1.5");
});
