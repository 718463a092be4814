import { expect, test } from "vitest";
import { comparePairs, MAX_BYTES, pairFiles, patchOf } from "./code-diff";

const file = (name: string, md5: string | null, size_bytes = 10) => ({ name, md5, size_bytes });

test("files of two runs are paired by name, and told apart by their bytes", () => {
  const pairs = pairFiles(
    [file("code/a.py", "1"), file("code/gone.py", "2"), file("code/same.py", "3")],
    [file("code/a.py", "9"), file("code/new.py", "4"), file("code/same.py", "3")],
  );
  expect(pairs.map(({ name, before, after, isSame }) => [name, !!before, !!after, isSame])).toEqual(
    [
      ["code/a.py", true, true, false],
      ["code/gone.py", true, false, false],
      ["code/new.py", false, true, false],
      ["code/same.py", true, true, true],
    ],
  );
  expect(pairFiles([file("a", null)], [file("a", null)])[0]?.isSame).toBe(false);
});

test("large files are counted, not read", () => {
  const pairs = pairFiles([file("a", "1"), file("data.bin", "1", MAX_BYTES + 1)], []);
  expect(comparePairs(pairs)).toMatchObject({ compared: [{ name: "a" }], numLeftOut: 1 });
});

test("a difference has its lines; a file of one side is new or gone", () => {
  expect(patchOf({ name: "code/a.py", before: "x\ny\n", after: "x\nz\n" })).toMatchObject([
    { path: "a.py", change: "modified", numAdded: 1, numRemoved: 1 },
  ]);
  expect(patchOf({ name: "code/a.py", before: null, after: "x\n" })).toMatchObject([
    { path: "a.py", change: "added", numAdded: 1 },
  ]);
  expect(patchOf({ name: "code/a.py", before: "x\n", after: null })).toMatchObject([
    { change: "deleted", numRemoved: 1 },
  ]);
  expect(patchOf({ name: "a", before: "x", after: "x" })).toEqual([]);
});
