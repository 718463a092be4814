import { describe, expect, it } from "vitest";
import { treeRows } from "./tree";

describe("treeRows", () => {
  const document = {
    _step: 9,
    lr: 0.0001234567,
    seed: 1234567,
    stop: { $float: "Infinity" },
    model: { name: "vit", widths: [64, 128], layers: [{ size: 1 }] },
  };

  it("shows branches, short lists on one line, special floats as numbers", () => {
    const rows = treeRows(document, "", new Set());
    expect(rows.map(({ path, value }) => [path, value?.text ?? null])).toEqual([
      ["lr", "1.235e−4"],
      ["model", null],
      ["model.name", "vit"],
      ["model.widths", "[64, 128]"],
      ["model.layers", null],
      ["model.layers.0", null],
      ["model.layers.0.size", "1"],
      ["seed", "1234567"],
      ["stop", "∞"],
      ["_step", "9"],
    ]);
  });

  it("folds branches, but finds inside folded ones", () => {
    expect(treeRows(document, "", new Set(["model"])).map(({ path }) => path)).toEqual([
      "lr",
      "model",
      "seed",
      "stop",
      "_step",
    ]);
    expect(treeRows(document, "vit", new Set(["model"])).map(({ path }) => path)).toEqual([
      "model",
      "model.name",
    ]);
    expect(treeRows(document, "absent", new Set())).toEqual([]);
  });
});
