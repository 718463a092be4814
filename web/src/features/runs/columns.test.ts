import { describe, expect, it } from "vitest";
import type { RunColumn } from "@/api/types";
import { askedKeys } from "./cells";
import {
  arrangeColumns,
  column,
  formatColumns,
  moveColumn,
  parseColumns,
  pinColumn,
  resizeColumn,
  toggleColumn,
  usualColumns,
} from "./columns";
import { listedKeys } from "./view";

const keys = (columns: readonly { key: string }[]) => columns.map(({ key }) => key);

describe("columns in the URL", () => {
  it("are short, and keep order, width and pins", () => {
    const columns = [
      column("summary.val/loss", { isPinned: true }),
      column("state", { width: 90 }),
      column("config.lr"),
    ];
    expect(formatColumns(columns)).toBe("!summary.val/loss,state~90,config.lr");
    expect(parseColumns(formatColumns(columns))).toEqual(columns);
  });

  it("keep any key that a run may have", () => {
    const odd = ['config["a, b"]', 'summary["50%~!"]', "config.x:y", `config.${"k".repeat(500)}`];
    expect(keys(parseColumns(formatColumns(odd.map((key) => column(key)))))).toEqual(odd);
  });

  it("are none where the address says none, and each once", () => {
    expect(parseColumns("")).toEqual([]);
    expect(keys(parseColumns("state,config.lr,state"))).toEqual(["state", "config.lr"]);
  });
});

describe("columns", () => {
  const columns = [column("a", { isPinned: true }), column("b"), column("c")];

  it("stand with the name first, then the pinned ones", () => {
    const arranged = arrangeColumns([...columns, column("d", { isPinned: true })]);
    expect(keys(arranged)).toEqual(["name", "a", "d", "b", "c"]);
    expect(arranged.map(({ isPinned }) => isPinned)).toEqual([true, true, true, false, false]);
  });

  it("are shown, hidden, pinned and widened", () => {
    expect(keys(toggleColumn(columns, "b"))).toEqual(["a", "c"]);
    expect(keys(toggleColumn(columns, "d"))).toEqual(["a", "b", "c", "d"]);
    expect(pinColumn(columns, "b", true)[1]?.isPinned).toBe(true);
    expect(resizeColumn(columns, "c", 3.2)[2]?.width).toBe(48);
  });

  it("move before another, and are pinned where they come among pinned ones", () => {
    expect(keys(moveColumn(columns, "c", "b"))).toEqual(["a", "c", "b"]);
    expect(keys(moveColumn(columns, "b", null))).toEqual(["a", "c", "b"]);
    expect(moveColumn(columns, "c", "a")[0]).toMatchObject({ key: "c", isPinned: true });
    expect(moveColumn(columns, "a", "a")).toBe(columns);
  });
});

it("asks only for values that the rows do not have, and for no more than the server sends", () => {
  const asked = askedKeys(["state", "summary.b", "config.a", "notes"]);
  expect(asked).toEqual(["config.a", "notes", "summary.b"]);
  expect(askedKeys(Array.from({ length: 300 }, (_, i) => `config.k${i}`))).toHaveLength(100);
});

it("lists what the runs are sorted by before the columns", () => {
  const sort = [
    { key: "summary.loss", isDescending: true },
    { key: "created_at", isDescending: false },
  ];
  expect(listedKeys({ sort, columns: [column("state")] })).toEqual(["summary.loss", "state"]);
  expect(listedKeys({ sort, columns: [column("summary.loss")] })).toEqual(["summary.loss"]);
});

it("chooses what most runs have until somebody chooses", () => {
  const known = (source: RunColumn["source"], path: string, change: Partial<RunColumn> = {}) => ({
    name: path,
    source,
    path,
    type: "number" as const,
    num_runs: 1,
    ...change,
  });
  const columns = usualColumns([
    known("run", "host"),
    known("config", "seed", { num_runs: 9 }),
    known("summary", "_step", { num_runs: 9 }),
    known("summary", "layers/0/norm", { num_runs: 9 }),
    known("summary", "val/loss", { num_runs: 9 }),
    known("summary", "rare"),
    known("summary", "image", { type: "object", num_runs: 9 }),
  ]);
  expect(keys(columns).slice(-5)).toEqual([
    "summary.val/loss",
    "summary.layers/0/norm",
    "summary.rare",
    "config.seed",
    "notes",
  ]);
});
