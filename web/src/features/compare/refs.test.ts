import { expect, test } from "vitest";
import { readRuns, readSearch, writeRuns } from "./refs";

const HERE = { entity: "lab", project: "digits" };

test("runs of this project stand with their id, others with their whole address", () => {
  const runs = readRuns("a,b,other/words/c", HERE);
  expect(runs).toEqual([
    { ...HERE, run: "a" },
    { ...HERE, run: "b" },
    { entity: "other", project: "words", run: "c" },
  ]);
  expect(writeRuns(runs, HERE)).toBe("a,b,other/words/c");
  expect(writeRuns([], HERE)).toBeUndefined();
});

test("a run is compared once, however it is written; broken parts are left out", () => {
  expect(readRuns("a,lab/digits/a,,half/way,x/y/z/w", HERE)).toEqual([{ ...HERE, run: "a" }]);
  expect(readRuns(undefined, HERE)).toEqual([]);
});

test("at most fifty", () => {
  const text = Array.from({ length: 60 }, (_, i) => `r${i}`).join(",");
  expect(readRuns(text, HERE)).toHaveLength(50);
});

test("a search may name another project", () => {
  expect(readSearch("brisk", HERE)).toEqual({ place: HERE, search: "brisk" });
  expect(readSearch("team/words/brisk sun", HERE)).toEqual({
    place: { entity: "team", project: "words" },
    search: "brisk sun",
  });
  expect(readSearch("a/b", HERE)).toEqual({ place: HERE, search: "a/b" });
});
