import { describe, expect, test } from "vitest";
import { countLines, patchRows, readPatch } from "./model";

const PATCH = `diff --git a/train.py b/train.py
index 83db48f..bf26c5a 100644
--- a/train.py
+++ b/train.py
@@ -1,4 +1,5 @@
 import torch
-lr = 1e-3
+lr = 3e-4
+wd = 0.1
 model = Net()
 train(model)
\\ No newline at end of file
diff --git a/notes.md b/notes.md
new file mode 100644
index 0000000..e69de29
--- /dev/null
+++ b/notes.md
@@ -0,0 +1,1 @@
+try a smaller rate
diff --git a/old.py b/new.py
similarity index 100%
rename from old.py
rename to new.py
diff --git a/logo.png b/logo.png
index 1111111..2222222 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/gone.py b/gone.py
deleted file mode 100644
index e69de29..0000000
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-pass
`;

describe("a diff of many files", () => {
  const files = readPatch(PATCH);

  test("says of each file what happened to it, and how many lines came and went", () => {
    expect(
      files.map(({ path, oldPath, change, numAdded, numRemoved }) => [
        path,
        oldPath,
        change,
        numAdded,
        numRemoved,
      ]),
    ).toEqual([
      ["train.py", null, "modified", 2, 1],
      ["notes.md", null, "added", 1, 0],
      ["new.py", "old.py", "renamed", 0, 0],
      ["logo.png", null, "binary", 0, 0],
      ["gone.py", null, "deleted", 0, 1],
    ]);
    expect(countLines(files)).toEqual({ numAdded: 3, numRemoved: 2 });
  });

  test("numbers lines as the old and the new file do", () => {
    expect(files[0]?.lines.map((line) => [line.kind, line.old, line.new, line.text])).toEqual([
      ["hunk", null, null, "@@ −1,4 +1,5 @@"],
      ["context", 1, 1, "import torch"],
      ["removed", 2, null, "lr = 1e-3"],
      ["added", null, 2, "lr = 3e-4"],
      ["added", null, 3, "wd = 0.1"],
      ["context", 3, 4, "model = Net()"],
      ["context", 4, 5, "train(model)"],
      ["note", null, null, "No newline at end of file"],
    ]);
  });

  test("a folded file keeps its heading alone", () => {
    const rows = patchRows(files, (index) => index === 0);
    expect(rows.slice(0, 3).map(({ index, line }) => [index, line?.kind ?? null])).toEqual([
      [0, null],
      [1, null],
      [1, "hunk"],
    ]);
  });
});

test("a diff that was cut off shows what there is, and the files before it whole", () => {
  const files = readPatch(PATCH.slice(0, PATCH.indexOf("+wd = 0.1")));
  expect(files).toHaveLength(1);
  expect(files[0]).toMatchObject({ path: "train.py", isBroken: true, numAdded: 1, numRemoved: 1 });
});

test("a plain diff without git's headers is read too", () => {
  const files = readPatch("--- old.txt\n+++ new.txt\n@@ -1 +1 @@\n-a\n+b\n");
  expect(files).toMatchObject([{ path: "new.txt", oldPath: "old.txt", numAdded: 1 }]);
});

test("nothing is nothing", () => {
  expect(readPatch("")).toEqual([]);
  expect(readPatch("\n\n")).toEqual([]);
});
