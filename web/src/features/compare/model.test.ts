import { describe, expect, test } from "vitest";
import { cellText, leaves, numberCell, textCell, valueCell } from "./cells";
import {
  betterOf,
  buildSection,
  copyText,
  deltaOf,
  isBetter,
  moveItem,
  type Section,
  tableRows,
} from "./model";
import { diffWords } from "./word-diff";

const CONFIG = buildSection("config", [
  leaves({ lr: 0.001, model: { depth: 2, name: "resnet" }, layers: [1, 2], seed: 1 }),
  leaves({ lr: 0.003, model: { depth: 2, name: "resnet" }, layers: [1, 3], $$odd: true }),
]);

function keys(section: Section, onlyDifferences: boolean, search = ""): string[] {
  return tableRows([section], { onlyDifferences, search, folded: new Set() }).flatMap((row) =>
    row.kind === "row" ? [row.row.key] : [],
  );
}

describe("configs side by side", () => {
  test("what differs is found, in nested documents and in lists", () => {
    expect(keys(CONFIG, true)).toEqual(["$odd", "layers", "lr", "seed"]);
    expect(keys(CONFIG, false)).toEqual([
      "$odd",
      "layers",
      "lr",
      "model.depth",
      "model.name",
      "seed",
    ]);
    expect(CONFIG.numDiffering).toBe(4);
  });

  test("a run without the key has an empty cell, which differs from null", () => {
    const section = buildSection("config", [leaves({ a: null }), leaves({})]);
    expect(section.rows).toMatchObject([
      { key: "a", differs: true, cells: [{ exact: "null" }, null] },
    ]);
  });

  test("a run of which nothing is known differs from none", () => {
    const section = buildSection("config", [leaves({ a: 1 }), null, leaves({ a: 1 })]);
    expect(section).toMatchObject({
      numDiffering: 0,
      rows: [{ cells: [{ exact: "1" }, null, {}] }],
    });
  });

  test("what clients keep for themselves is no difference, and comes last", () => {
    const own = { _wandb: { runtime: 3 }, _runtime: 3.1, _step: 9, _timestamp: 17 };
    const section = buildSection("summary", [
      leaves({ ...own, loss: 1, _target_: "a" }),
      leaves({ _wandb: { runtime: 4 }, _runtime: 4.2, _step: 8, loss: 2, _target_: "b" }),
    ]);
    expect(keys(section, true)).toEqual(["_target_", "loss"]);
    expect(keys(section, false)).toEqual([
      "_target_",
      "loss",
      "_runtime",
      "_step",
      "_timestamp",
      "_wandb.runtime",
    ]);
    expect(section.numDiffering).toBe(2);
  });

  test("a package may be called as those are", () => {
    const [a, b] = [new Map([["_step", textCell("1")]]), new Map([["_step", textCell("2")]])];
    expect(buildSection("packages", [a, b]).numDiffering).toBe(1);
  });

  test("one run differs from nothing", () => {
    expect(buildSection("config", [leaves({ a: 1 })]).numDiffering).toBe(0);
  });

  test("a number is not its text; NaN is NaN; the order of keys in an object in a list is no difference", () => {
    const differs = (a: unknown, b: unknown) =>
      buildSection("config", [leaves({ x: a }), leaves({ x: b })]).numDiffering === 1;
    expect(differs(1, "1")).toBe(true);
    expect(differs({ $float: "NaN" }, { $float: "NaN" })).toBe(false);
    expect(differs([{ a: 1, b: 2 }], [{ b: 2, a: 1 }])).toBe(false);
    expect(differs(0.1 + 0.2, 0.3)).toBe(true);
  });

  test("logged media are left out: their paths and hashes always differ", () => {
    const image = { _type: "image-file", path: "a.png", sha256: "1" };
    expect([...leaves({ image, nested: { image }, loss: 1 }).keys()]).toEqual(["loss"]);
  });

  test("search looks at keys and values, also in folded sections", () => {
    expect(keys(CONFIG, false, "RES")).toEqual(["model.name"]);
    expect(keys(CONFIG, false, "depth")).toEqual(["model.depth"]);
    const folded = { onlyDifferences: false, search: "", folded: new Set(["config"]) };
    expect(tableRows([CONFIG], folded)).toMatchObject([{ kind: "section", isFolded: true }]);
    expect(tableRows([CONFIG], { ...folded, search: "depth" })).toHaveLength(2);
  });

  test("a section without anything to show is left out", () => {
    expect(
      keys(buildSection("git", [leaves({ commit: "a" }), leaves({ commit: "a" })]), true),
    ).toEqual([]);
  });

  test("ten thousand keys of fifty runs", () => {
    const document = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key.${i}`, i]));
    const columns = Array.from({ length: 50 }, () => leaves(document));
    const section = buildSection("config", columns);
    expect(section.rows).toHaveLength(10_000);
    expect(section.numDiffering).toBe(0);
  });
});

describe("a number beside the baseline's", () => {
  const delta = (from: number, to: number) => deltaOf(numberCell(from), numberCell(to));

  test("has a difference and its part of the baseline", () => {
    expect(delta(0.5, 0.4)).toEqual({ text: "−0.1", percent: "−20\u202f%", direction: "down" });
    expect(delta(-2, -1)).toEqual({ text: "+1", percent: "+50\u202f%", direction: "up" });
    expect(delta(3, 3.00001)?.percent).toBe("+0.0003\u202f%");
  });

  test("has no part of nothing, and no difference where there is no number", () => {
    expect(delta(0, 1)).toEqual({ text: "+1", percent: null, direction: "up" });
    expect(delta(Number.NaN, 1)).toBeNull();
    expect(deltaOf(textCell("1"), numberCell(1))).toBeNull();
    expect(deltaOf(null, numberCell(1))).toBeNull();
  });

  test("is better or worse only where a goal is known", () => {
    const down = delta(2, 1);
    if (down === null) throw new Error("There is a difference.");
    expect(isBetter(down, "lower")).toBe(true);
    expect(isBetter(down, "higher")).toBe(false);
    expect(isBetter(down, undefined)).toBeNull();
    const goals = new Map([["loss", "lower" as const]]);
    expect(["loss", "loss.min", "loss.other", "val"].map((key) => betterOf(goals, key))).toEqual([
      "lower",
      "lower",
      undefined,
      undefined,
    ]);
  });
});

test("rows are copied for a spreadsheet and for a note", () => {
  const rows = tableRows([buildSection("config", [leaves({ a: "x|y\nz" }), leaves({ a: 2 })])], {
    onlyDifferences: true,
    search: "",
    folded: new Set(),
  });
  expect(copyText(["one", "two"], rows, "Key", "tsv")).toBe("Key\tone\ttwo\nconfig.a\tx|y z\t2");
  expect(copyText(["one", "two"], rows, "Key", "markdown")).toBe(
    "| Key | one | two |\n| --- | --- | --- |\n| config.a | x\\|y z | 2 |",
  );
});

test("runs change places", () => {
  expect(moveItem(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moveItem(["a", "b", "c"], 0, 9)).toEqual(["b", "c", "a"]);
});

describe("words that differ", () => {
  test("are marked in the second text", () => {
    expect(diffWords("python train.py --lr 0.1", "python train.py --lr 0.3 --wd 1")).toEqual([
      { text: "python train.py --lr 0.", isNew: false },
      { text: "3 --wd ", isNew: true },
      { text: "1", isNew: false },
    ]);
  });

  test("are not marked where nothing or everything differs", () => {
    expect(diffWords("same", "same")).toEqual([{ text: "same", isNew: false }]);
    expect(diffWords("abc", "xyz")).toEqual([{ text: "xyz", isNew: false }]);
  });
});

test("values are shown shortly and copied whole", () => {
  expect(valueCell(0.123456789).exact).toBe("0.123456789");
  expect([0.123456789, 1_234_567, -2, "text"].map((value) => cellText(valueCell(value)))).toEqual([
    "0.1235",
    "1234567",
    "\u22122",
    "text",
  ]);
  expect(valueCell([1, { $float: "NaN" }])).toMatchObject({ exact: "[1, NaN]", number: null });
});
