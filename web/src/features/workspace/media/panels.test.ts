import { expect, test } from "vitest";
import type { LoggedChart } from "@/api/custom-charts";
import { inOrder, panelId, type Section } from "../sections";
import { withMedia } from "./panels";

const section = (id: string, kind: Section["kind"]) =>
  inOrder({ id, kind, name: id }, [{ key: `${id}/x`, stream: "history" }]);

test("media stand by name between curves and the system, without the tables of charts", () => {
  const sections = [section("val", "history"), section("*system", "system")];
  const roc: LoggedChart = {
    key: "roc",
    spec: "wandb/line/v0",
    table: "roc_table",
    fields: {},
    texts: {},
    runs: ["1"],
  };
  const keys = [
    { key: "val/image_10", kind: "image" as const },
    { key: "roc_table", kind: "table" as const },
    { key: "val/image_2", kind: "image" as const },
  ];
  const found = withMedia(sections, keys, [roc]);
  expect(found.map(({ id, panels }) => [id, panels.map(panelId)])).toEqual([
    ["val", ["val/x"]],
    ["*media", ["***val/image_2", "***val/image_10"]],
    ["*system", ["*system/x"]],
  ]);
  expect(found[1]?.panels[0]).toMatchObject({ key: "val/image_2", media: "image" });
  expect(withMedia(sections, keys.slice(1, 2), [roc])).toBe(sections);
});
