import { describe, expect, test } from "vitest";
import type { MediaKey } from "@/api/media";
import { groupKeys, OF_CHARTS, shortName } from "./model";

function key(name: string, kind: MediaKey["kind"]): MediaKey {
  return { key: name, kind, num_values: 1, first_step: 0, last_step: 0 };
}

const KEYS = [
  key("val/image_10", "image"),
  key("val/image_2", "image"),
  key("weights/fc", "histogram"),
  key("table", "table"),
];

describe("groups of media", () => {
  test("by prefix: keys without one first, numbers in their order", () => {
    const groups = groupKeys(KEYS, "prefix", "");
    expect(groups.map(({ name, keys }) => [name, keys.map((each) => each.key)])).toEqual([
      ["", ["table"]],
      ["val", ["val/image_2", "val/image_10"]],
      ["weights", ["weights/fc"]],
    ]);
  });

  test("by kind: what is looked at most first", () => {
    expect(groupKeys(KEYS, "kind", "").map(({ name }) => name)).toEqual([
      "image",
      "table",
      "histogram",
    ]);
  });

  test("tables that charts draw come last, whatever the grouping", () => {
    const ofCharts = new Set(["table"]);
    const names = (by: "kind" | "prefix") =>
      groupKeys(KEYS, by, "", ofCharts).map(({ name }) => name);
    expect(names("prefix")).toEqual(["val", "weights", OF_CHARTS]);
    expect(names("kind")).toEqual(["image", "histogram", OF_CHARTS]);
  });

  test("a search leaves no empty group", () => {
    expect(groupKeys(KEYS, "prefix", "FC").map(({ name }) => name)).toEqual(["weights"]);
    expect(groupKeys(KEYS, "prefix", "nothing")).toEqual([]);
  });

  test("a key below its group's heading is shown without it", () => {
    expect(shortName("val/image", "val")).toBe("image");
    expect(shortName("table", "")).toBe("table");
    expect(shortName("val/image", "image")).toBe("val/image");
  });
});
