import { describe, expect, it } from "vitest";
import { formatDateTime } from "@/lib/format";
import { mediaLabel } from "./media-label";
import { ASIDE, branchPaths, clipboardText, toJson, treeRows } from "./tree";

const NONE: ReadonlySet<string> = new Set();

describe("treeRows", () => {
  const document = {
    _step: 9,
    lr: 0.0001234567,
    seed: 1234567,
    stop: { $float: "Infinity" },
    model: { name: "vit", widths: [64, { $float: "NaN" }], layers: [{ size: 1 }] },
  };
  const paths = (search: string, closed = NONE) =>
    treeRows(document, search, closed).map(({ path }) => path);

  it("shows branches, short lists on one line, special floats as numbers", () => {
    const rows = treeRows(document, "", NONE);
    expect(rows.map(({ path, leaf }) => [path, leaf?.text ?? null])).toEqual([
      ["lr", "1.235e−4"],
      ["model", null],
      ["model.layers", null],
      ["model.layers.0", null],
      ["model.layers.0.size", "1"],
      ["model.name", "vit"],
      ["model.widths", "[64, NaN]"],
      ["seed", "1234567"],
      ["stop", "∞"],
      ["_step", "9"],
    ]);
  });

  it("reads the clock's values as times", () => {
    const rows = treeRows(
      { _timestamp: 1.795e9, _runtime: 3725.5, _wandb: { runtime: 14 }, runtime: 14 },
      "",
      new Set(),
    );
    const shown = new Map(rows.map(({ path, leaf }) => [path, leaf]));
    expect(shown.get("_timestamp")).toMatchObject({
      text: formatDateTime(1.795e12),
      exact: "1795000000",
    });
    expect(shown.get("_runtime")).toMatchObject({ text: "1h 2m", exact: "3725.5" });
    expect(shown.get("_wandb.runtime")?.text).toBe("14s");
    expect(shown.get("runtime")?.text).toBe("14");
  });

  it("folds branches, but finds inside folded ones", () => {
    expect(paths("", new Set(["model"]))).toEqual(["lr", "model", "seed", "stop", "_step"]);
    expect(paths("vit", new Set(["model"]))).toEqual(["model", "model.name"]);
    expect(paths("absent")).toEqual([]);
  });

  it("shows all of a branch that is found by its name", () => {
    expect(paths("layers")).toEqual([
      "model",
      "model.layers",
      "model.layers.0",
      "model.layers.0.size",
    ]);
  });

  it("knows its branches", () => {
    expect(branchPaths(document)).toEqual(["model", "model.layers", "model.layers.0"]);
  });

  it("takes ten thousand keys in a breath", () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`key${i}`, { value: i }]),
    );
    expect(treeRows(many, "", NONE)).toHaveLength(20_000);
    expect(treeRows(many, "key77.", NONE).map(({ path }) => path)).toEqual([
      "key77",
      "key77.value",
    ]);
  });

  it("puts what is no one's business into a branch of its own, last", () => {
    const table = { _type: "table-file", ncols: 3, nrows: 10 };
    const summary = { roc_table: table, mine: table, loss: 1, pr_table: table, _step: 3 };
    const aside = { name: "Tables", keys: new Set(["roc_table", "pr_table", "gone"]) };
    const rows = (search: string, closed: ReadonlySet<string>) =>
      treeRows(summary, search, closed, aside).map(({ path, name, depth }) => [path, name, depth]);
    const own = [
      ["loss", "loss", 0],
      ["mine", "mine", 0],
      ["_step", "_step", 0],
    ];
    const tables = [
      ["pr_table", "pr_table", 1],
      ["roc_table", "roc_table", 1],
    ];
    expect(rows("", new Set([ASIDE]))).toEqual([...own, [ASIDE, "Tables", 0]]);
    expect(rows("", NONE)).toEqual([...own, [ASIDE, "Tables", 0], ...tables]);
    expect(rows("roc", new Set([ASIDE]))).toEqual([[ASIDE, "Tables", 0], tables[1]]);
    expect(rows("loss", NONE)).toEqual([own[0]]);
    expect(treeRows({ loss: 1 }, "", NONE, aside)).toHaveLength(1);
  });

  it("shows media by what they are", () => {
    const rows = treeRows({ sample: { _type: "image-file", width: 28, height: 28 } }, "", NONE);
    expect(rows[0]?.leaf).toMatchObject({ text: "image 28 × 28", kind: "media" });
  });
});

describe("mediaLabel", () => {
  it.each([
    [{ _type: "table-file", ncols: 3, nrows: 10 }, "table 10 × 3"],
    [{ _type: "images/separated", count: 4, width: 8, height: 8 }, "images × 4"],
    [{ _type: "histogram", values: [1, 2, 3], bins: [0, 1, 2, 3] }, "histogram (3)"],
    [{ _type: "audio-file" }, "audio"],
    [{ type: "x" }, null],
    [{ _type: 7 }, null],
    [null, null],
  ])("%j is %s", (value, label) => {
    expect(mediaLabel(value)).toBe(label);
  });
});

describe("the clipboard", () => {
  it("has text as it is and the rest as JSON that Python reads", () => {
    expect(clipboardText("a\nb")).toBe("a\nb");
    expect(clipboardText({ $float: "NaN" })).toBe("NaN");
    expect(toJson({ a: [1, { $float: "-Infinity" }], $$type: { b: {} } })).toBe(
      '{\n  "a": [1, -Infinity],\n  "$type": {\n    "b": {}\n  }\n}',
    );
  });
});
