import { expect, it } from "vitest";
import {
  readDiff,
  readMetrics,
  readPage,
  writeDiff,
  writeMetrics,
  writePage,
} from "./artifact-search";

it("what two people look at with one address is the same", () => {
  const diff = {
    from: "v1",
    to: "lab/shapes/other:v3",
    part: "metadata",
    file: "a/b.txt",
    change: "renamed",
    find: "b",
  } as const;
  expect(readDiff(writeDiff(diff))).toEqual(diff);
  const metrics = {
    metrics: ["metadata.val/acc", "summary.a,b"],
    by: "summary.loss",
    goal: "lowest",
    x: "time",
    sort: "summary.loss",
  } as const;
  expect(readMetrics(writeMetrics(metrics))).toEqual(metrics);
  expect(readPage(writePage("compare"))).toBe("compare");
});

it("what nobody understands is left out", () => {
  expect(readPage({ show: "nothing" })).toBe("versions");
  expect(readDiff({ part: "x", change: "y" })).toMatchObject({ part: "files", change: undefined });
  expect(readMetrics({ goal: "z", x: "w" })).toMatchObject({ goal: undefined, x: "version" });
  expect(writePage("versions")).toEqual({});
});
