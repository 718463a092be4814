import { expect, test } from "vitest";
import { formatBytes } from "./format-bytes";

test("sizes are short and in thousands", () => {
  expect([0, 812, 1_000, 1_234, 9_960, 999_400, 999_600, 48_300_000_000].map(formatBytes)).toEqual([
    "0 B",
    "812 B",
    "1.0 KB",
    "1.2 KB",
    "10 KB",
    "999 KB",
    "1.0 MB",
    "48 GB",
  ]);
});
