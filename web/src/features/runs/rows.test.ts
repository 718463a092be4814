import { describe, expect, it } from "vitest";
import { cellOf } from "./cells";
import { arrangeRuns, formatPins, parsePins, togglePin } from "./pins";
import {
  keepSelected,
  NOTHING_SELECTED,
  selectRange,
  toggleAll,
  toggleSelected,
} from "./selection";
import { columnsWithin, moveCell, placeColumns } from "./table-cursor";
import { someRun as run } from "./testing/runs";

describe("pins", () => {
  const list = [run("a"), run("b"), run("c")];
  const arrange = (pins: string[], extras = [run("far")]) => {
    const { runs, numPinned } = arrangeRuns(list, pins, new Map(extras.map((r) => [r.id, r])));
    return [runs.map(({ id }) => id).join(" "), numPinned];
  };

  it("come first in the order of pinning, from the list or from beyond it", () => {
    expect(arrange([])).toEqual(["a b c", 0]);
    expect(arrange(["c", "far"])).toEqual(["c far a b", 2]);
    expect(arrange(["gone", "b"])).toEqual(["b a c", 1]);
  });

  it("travel in the URL", () => {
    expect(parsePins("a,b,,a")).toEqual(["a", "b"]);
    expect(formatPins(togglePin(["a", "b"], "a"))).toBe("b");
    expect(formatPins(togglePin(["a"], "a"))).toBeUndefined();
  });
});

describe("the selection", () => {
  const order = ["a", "b", "c", "d", "e"];
  const ids = ({ ids: chosen }: { ids: ReadonlySet<string> }) => [...chosen].toSorted().join("");

  it("takes one, a range in either direction, all and none", () => {
    const one = toggleSelected(NOTHING_SELECTED, "d");
    expect(ids(one)).toBe("d");
    expect(ids(selectRange(one, order, "b"))).toBe("bcd");
    expect(ids(selectRange(one, order, "e"))).toBe("de");
    expect(ids(selectRange(NOTHING_SELECTED, order, "c"))).toBe("c");
    expect(ids(toggleSelected(one, "d"))).toBe("");
    expect(ids(toggleAll(one, order))).toBe("abcde");
    expect(ids(toggleAll(toggleAll(one, order), order))).toBe("");
  });

  it("loses what is gone, its beginning too", () => {
    const both = selectRange(toggleSelected(NOTHING_SELECTED, "a"), order, "b");
    const left = keepSelected(both, new Set(["b", "c"]));
    expect(ids(left)).toBe("b");
    expect(left.anchor).toBeNull();
    expect(keepSelected(both, new Set(order))).toBe(both);
  });
});

describe("cells", () => {
  const values = {
    "summary.loss": 0.123456789,
    "summary.bad": { $float: "NaN" },
    "config.name": "resnet",
    "config.on": false,
    "config.list": [1, 2],
    "config.large": { $cut: 20_000 },
    notes: "good",
  };
  const cell = (key: string) => cellOf(run("a", { values, last_step: 12_345 }), key, 0);

  it("show four digits and keep them all", () => {
    expect(cell("summary.loss")).toEqual({ text: "0.1235", full: "0.123456789", isNumber: true });
    expect(cell("summary.bad")).toMatchObject({ text: "NaN", isNumber: true });
    expect(cell("last_step")).toMatchObject({ text: "12,345", full: "12345" });
    expect(cell("duration_s")).toMatchObject({ text: "1m", full: "60" });
  });

  it("show texts, truths, lists, and that something is too large or missing", () => {
    expect(
      ["config.name", "config.on", "config.list", "config.large", "notes", "config.no"].map(
        (key) => cell(key).text,
      ),
    ).toEqual(["resnet", "false", "[1,2]", "{…}", "good", ""]);
  });

  it("go on counting for a run that runs", () => {
    const now = Date.parse("2026-11-22T10:10:00Z");
    expect(cellOf(run("a", { state: "running" }), "duration_s", now).text).toBe("10m");
  });
});

describe("the cell under the keys", () => {
  const shape = { numRows: 100, numColumns: 5, pageRows: 20 };
  const press = (key: string, hasMod = false) =>
    moveCell({ row: 50, column: 2 }, { key, hasMod }, shape);

  it.each([
    ["ArrowDown", false, 51, 2],
    ["ArrowUp", false, 49, 2],
    ["ArrowLeft", false, 50, 1],
    ["ArrowRight", true, 50, 4],
    ["ArrowUp", true, 0, 2],
    ["Home", false, 50, 0],
    ["End", false, 50, 4],
    ["Home", true, 0, 0],
    ["End", true, 99, 4],
    ["PageDown", false, 70, 2],
    ["PageUp", false, 30, 2],
  ] as const)("%s (Ctrl: %s) goes to row %i, column %i", (key, hasMod, row, column) => {
    expect(press(key, hasMod)).toEqual({ row, column });
  });

  it("stays in the table, and leaves other keys alone", () => {
    expect(moveCell({ row: 0, column: 0 }, { key: "ArrowUp", hasMod: false }, shape)).toEqual({
      row: 0,
      column: 0,
    });
    expect(press("a")).toBeNull();
  });
});

describe("columns in sight", () => {
  const { placed, pinnedWidth, scrolledWidth } = placeColumns([
    { key: "name", width: 200, isPinned: true, isNumber: false },
    ...Array.from({ length: 1000 }, (_, i) => ({
      key: `k${i}`,
      width: 100,
      isPinned: false,
      isNumber: true,
    })),
  ]);

  it("are few of many, one more at each side", () => {
    expect([pinnedWidth, scrolledWidth]).toEqual([200, 100_000]);
    expect(columnsWithin(placed, 5050, 5950)).toEqual({ first: 50, end: 62 });
    expect(columnsWithin(placed, 0, 250)).toEqual({ first: 1, end: 5 });
  });

  it("are none where all are pinned", () => {
    const pinned = placeColumns([
      { key: "name", width: 200, isPinned: true, isNumber: false },
    ]).placed;
    expect(columnsWithin(pinned, 0, 500)).toEqual({ first: 1, end: 1 });
  });
});
