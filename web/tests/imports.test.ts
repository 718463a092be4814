/** The import rule where the linter cannot see it: relative paths that leave their room. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));
const IMPORT = /(?:from|import)\s+"(\.[^"]+)"/g;

/** `features/runs` is a room, and so is `ui`. */
function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "features" ? `${first}/${second}` : first;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.tsx?$/.test(path));

it("finds the source", () => {
  expect(files.length).toBeGreaterThan(50);
});

it.each(files)("%s imports relatively only from its own room", (file) => {
  const text = readFileSync(join(SRC, file), "utf8");
  const targets = [...text.matchAll(IMPORT)].map(([, path = ""]) =>
    relative(SRC, join(SRC, dirname(file), path)),
  );
  expect(targets.filter((target) => roomOf(target) !== roomOf(file))).toEqual([]);
});
