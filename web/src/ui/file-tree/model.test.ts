import { describe, expect, test } from "vitest";
import { buildTree, foldersAbove, initiallyOpen, type Sort, treeRows } from "./model";

const BY_NAME: Sort = { column: "name", isDescending: false };

function file(name: string, size_bytes = 1, updated_at = "2026-11-22T10:00:00Z") {
  return { name, size_bytes, updated_at };
}

const FILES = [
  file("output.log", 300, "2026-11-22T12:00:00Z"),
  file("media/images/a_10.png", 10),
  file("media/images/a_2.png", 20, "2026-11-22T11:00:00Z"),
  file("media/table/t.table.json", 5),
  file("config.yaml", 7),
];

function names(rows: readonly { path: string; depth: number }[]): string[] {
  return rows.map(({ path, depth }) => `${"  ".repeat(depth)}${path}`);
}

describe("a tree of files", () => {
  test("has folders before files, numbers in names in their order", () => {
    const rows = treeRows(buildTree(FILES), new Set(["media", "media/images"]), "", BY_NAME);
    expect(names(rows)).toEqual([
      "media",
      "  media/images",
      "    media/images/a_2.png",
      "    media/images/a_10.png",
      "  media/table",
      "config.yaml",
      "output.log",
    ]);
  });

  test("adds up sizes, counts and the newest time of what a folder holds", () => {
    const [media] = treeRows(buildTree(FILES), new Set(), "", BY_NAME);
    expect(media).toMatchObject({
      sizeBytes: 35,
      numFiles: 3,
      updatedAt: "2026-11-22T11:00:00Z",
      isOpen: false,
    });
  });

  test("finds files in closed folders, and shows the folders that lead to them", () => {
    const rows = treeRows(buildTree(FILES), new Set(), "A_2", BY_NAME);
    expect(names(rows)).toEqual(["media", "  media/images", "    media/images/a_2.png"]);
    expect(treeRows(buildTree(FILES), new Set(), "nothing", BY_NAME)).toEqual([]);
  });

  test("sorts by size and by time, largest or newest first when asked", () => {
    const root = buildTree(FILES);
    const bySize = treeRows(root, new Set(), "", { column: "size", isDescending: true });
    expect(names(bySize)).toEqual(["media", "output.log", "config.yaml"]);
    const byTime = treeRows(root, new Set(["media", "media/images"]), "", {
      column: "time",
      isDescending: false,
    });
    expect(names(byTime).slice(-4)).toEqual([
      "    media/images/a_10.png",
      "    media/images/a_2.png",
      "config.yaml",
      "output.log",
    ]);
  });

  test("a file and a folder of the same name stand side by side", () => {
    const rows = treeRows(buildTree([file("a"), file("a/b")]), new Set(["a"]), "", BY_NAME);
    expect(rows.map(({ path, isFolder }) => [path, isFolder])).toEqual([
      ["a", true],
      ["a/b", false],
      ["a", false],
    ]);
  });

  test("opens what fits on a screen, level by level", () => {
    expect(initiallyOpen(buildTree(FILES))).toEqual(
      new Set(["media", "media/images", "media/table"]),
    );
    const many = Array.from({ length: 100 }, (_, i) => file(`many/${i}.bin`));
    expect(initiallyOpen(buildTree([...many, file("few/a")]))).toEqual(new Set());
  });

  test("ten thousand files in one folder are one pass", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => file(`deep/er/${i}.bin`));
    const rows = treeRows(buildTree(many), new Set(["deep", "deep/er"]), "", BY_NAME);
    expect(rows).toHaveLength(10_002);
    expect(rows[2]?.name).toBe("0.bin");
  });
});

test("the folders above a file, outermost first", () => {
  expect(foldersAbove("a/b/c.txt")).toEqual(["a", "a/b"]);
  expect(foldersAbove("c.txt")).toEqual([]);
});
