import { describe, expect, it } from "vitest";
import type { ArtifactMetrics } from "@/api/artifacts";
import { bestOf, curveOf, goalOf, likelyMetric, rowsOf, sortRows, tellsApart } from "./model";

const ACC = "metadata.val/acc";

function metrics(values: readonly unknown[]): ArtifactMetrics {
  return {
    versions: values.map((_, at) => ({
      index: values.length - 1 - at,
      aliases: [],
      created_at: `2026-01-0${values.length - at}T00:00:00Z`,
      logged_by: null,
    })),
    total: values.length,
    metrics: [{ source: "metadata", key: "val/acc", num_versions: values.length }],
    num_metrics: 1,
    chosen: [{ source: "metadata", key: "val/acc", values: [...values] }],
  };
}

describe("the best version", () => {
  const rows = rowsOf(metrics([0.5, { $float: "NaN" }, 0.75, null, { $float: "Infinity" }, 0.75]));

  it("has the highest or the lowest number, and was the first to have it", () => {
    expect(bestOf(rows, ACC, "highest")?.index).toBe(0);
    expect(bestOf(rows, ACC, "lowest")?.index).toBe(5);
    expect(bestOf(rows, "metadata.none", "lowest")).toBeNull();
  });

  it("is none where all are alike", () => {
    expect(tellsApart(rows, ACC)).toBe(true);
    expect(tellsApart(rowsOf(metrics([0.5, null, 0.5])), ACC)).toBe(false);
    expect(tellsApart(rowsOf(metrics([0.5, null])), ACC)).toBe(true);
  });

  it("is sorted before the others, and what has no number behind them", () => {
    const order = (goal: "highest" | "lowest") =>
      sortRows(rows, ACC, goal).map(({ index }) => index);
    expect(order("highest")).toEqual([1, 3, 0, 5, 4, 2]);
    expect(order("lowest")).toEqual([5, 3, 0, 1, 4, 2]);
    expect(sortRows(rows, undefined, "highest")).toBe(rows);
  });
});

it("losses and errors are better low, all else high", () => {
  expect(["metadata.val/loss", "summary.error_rate", "summary.test.mse"].map(goalOf)).toEqual([
    "lowest",
    "lowest",
    "lowest",
  ]);
  expect(["metadata.val/acc", "summary.closs", "metadata.merry"].map(goalOf)).toEqual([
    "highest",
    "highest",
    "highest",
  ]);
});

it("a measure is looked at before a setting", () => {
  expect(likelyMetric(["metadata.depth", "metadata.val/loss", ACC])).toBe("metadata.val/loss");
  expect(likelyMetric(["metadata.depth", "metadata.width"])).toBe("metadata.depth");
  expect(likelyMetric([])).toBe("");
});

it("a curve goes from left to right, over versions or times", () => {
  const rows = rowsOf(metrics([3, null, { $float: "NaN" }, 1]));
  const curve = curveOf(rows, ACC, "version");
  expect([...curve.x]).toEqual([0, 1, 3]);
  expect([...curve.y]).toEqual([1, Number.NaN, 3]);
  expect([...curveOf(rows, ACC, "time").x]).toEqual(
    ["2026-01-01", "2026-01-02", "2026-01-04"].map((day) => Date.parse(day) / 1000),
  );
});
