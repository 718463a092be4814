import { describe, expect, it } from "vitest";
import type { MetricKey } from "@/api/types";
import { buildSections, isFoldedByDefault, thinning } from "./model";

const key = (name: string, change: Partial<MetricKey> = {}): MetricKey => ({
  name,
  kind: "number",
  num_runs: 1,
  num_values: 10,
  x: null,
  hidden: false,
  ...change,
});

describe("buildSections", () => {
  it("groups by prefix: keys without one first, system last and folded", () => {
    const history = [key("val/loss"), key("loss"), key("train/layer/10"), key("train/layer/2")];
    const sections = buildSections(history, [key("gpu.0.temp")], "");
    expect(sections.map(({ name, panels }) => [name, panels.map((p) => p.key)])).toEqual([
      [null, ["loss"]],
      ["train", ["train/layer/2", "train/layer/10"]],
      ["val", ["val/loss"]],
      ["system", ["gpu.0.temp"]],
    ]);
    expect(sections.map(isFoldedByDefault)).toEqual([false, false, false, true]);
  });

  it("leaves out what is no curve or was hidden by the run, and what the search excludes", () => {
    const history = [key("image", { kind: "json" }), key("step", { hidden: true }), key("loss")];
    expect(buildSections(history, [], "").flatMap(({ panels }) => panels)).toHaveLength(1);
    expect(buildSections(history, [], "acc")).toEqual([]);
  });
});

describe("thinning", () => {
  it("is null when every point is drawn, else the coarsest ratio", () => {
    expect(thinning([{ exact: true, numRows: 10, numDrawn: 10 }])).toBeNull();
    expect(
      thinning([
        { exact: true, numRows: 10, numDrawn: 10 },
        { exact: false, numRows: 240_000, numDrawn: 1000 },
      ]),
    ).toBe(240);
  });
});
