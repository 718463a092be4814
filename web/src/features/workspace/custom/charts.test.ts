import { expect, test } from "vitest";
import type { LoggedChart } from "@/api/custom-charts";
import { inOrder, panelId, type Section } from "../sections";
import { oneByKey, withCharts } from "./charts";
import { tablesToCsv } from "./export";

function chart(key: string, runs: string[] = ["1"], table = `${key}_table`): LoggedChart {
  return { key, spec: "wandb/line/v0", table, fields: {}, texts: {}, runs };
}

const section = (id: string, kind: Section["kind"], keys: string[]) =>
  inOrder(
    { id, kind, name: id },
    keys.map((key) => ({ key, stream: "history" as const })),
  );

test("charts stand in the section of their prefix, others in one before the system's", () => {
  const sections = [section("val", "history", ["val/acc"]), section("*system", "system", ["cpu"])];
  const charts = [chart("roc"), chart("val/pr"), chart("test/roc")];
  const found = withCharts(sections, charts);
  expect(found.map(({ id, panels }) => [id, panels.map(panelId)])).toEqual([
    ["val", ["val/acc", "**val/pr"]],
    ["test", ["**test/roc"]],
    ["*charts", ["**roc"]],
    ["*system", ["cpu"]],
  ]);
  expect(found.map(({ numPanels }) => numPanels)).toEqual([2, 1, 1, 1]);
  expect(withCharts(sections, [])).toBe(sections);
});

test("where runs differ about a chart, the first says how, and all with its table are in it", () => {
  const [only, ...others] = oneByKey([
    chart("roc", ["2"]),
    chart("roc", ["1", "3"]),
    chart("roc", ["4"], "elsewhere"),
  ]);
  expect(only?.runs).toEqual(["2", "1", "3"]);
  expect(others).toEqual([]);
});

test("a chart's values as a file: a row for each of a run's, and no formulas", () => {
  const columns = { x: [1, 2], stroke: ["=A1", 'a "b"'] };
  const text = tablesToCsv([{ run: "r1", name: "brisk, sun", color: "#000", columns }]);
  expect(text).toBe(
    'run,name,x,stroke\r\nr1,"brisk, sun",1,\'=A1\r\nr1,"brisk, sun",2,"a ""b"""\r\n',
  );
});
