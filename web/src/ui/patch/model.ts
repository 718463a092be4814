/** A unified diff as files and numbered lines. Pure. */
import { parsePatch, type StructuredPatch } from "diff";

export type FileChange = "added" | "deleted" | "renamed" | "modified" | "binary";

export interface PatchLine {
  kind: "hunk" | "context" | "added" | "removed" | "note";
  text: string;
  /** Line numbers in the old and the new file; null where the line is not in it. */
  old: number | null;
  new: number | null;
}

export interface PatchFile {
  path: string;
  /** Only where it was another. */
  oldPath: string | null;
  change: FileChange;
  numAdded: number;
  numRemoved: number;
  lines: PatchLine[];
  /** The part could not be read as a diff; its lines are shown as they are. */
  isBroken: boolean;
}

/**
 * Reads a diff of many files. What cannot be understood of one file (a diff that was cut off)
 * is shown as it is, and harms no other.
 */
export function readPatch(text: string): PatchFile[] {
  return splitFiles(text).flatMap(readFile);
}

export function countLines(files: readonly PatchFile[]): { numAdded: number; numRemoved: number } {
  return {
    numAdded: files.reduce((sum, file) => sum + file.numAdded, 0),
    numRemoved: files.reduce((sum, file) => sum + file.numRemoved, 0),
  };
}

export interface PatchRow {
  file: PatchFile;
  index: number;
  /** null for the file's own heading. */
  line: PatchLine | null;
}

/** Headings of all files, and the lines of those that are not folded. */
export function patchRows(
  files: readonly PatchFile[],
  isFolded: (index: number) => boolean,
): PatchRow[] {
  const rows: PatchRow[] = [];
  for (const [index, file] of files.entries()) {
    rows.push({ file, index, line: null });
    if (isFolded(index)) continue;
    for (const line of file.lines) rows.push({ file, index, line });
  }
  return rows;
}

function splitFiles(text: string): string[] {
  const starts = [...text.matchAll(/^diff --git /gm)].map((match) => match.index);
  if (starts.length === 0) return text.trim() === "" ? [] : [text];
  const parts = starts.map((start, i) => text.slice(start, starts[i + 1]));
  const before = text.slice(0, starts[0]);
  return before.includes("@@ ") ? [before, ...parts] : parts;
}

function readFile(text: string): PatchFile[] {
  let parsed: StructuredPatch[];
  try {
    parsed = parsePatch(text);
  } catch {
    return [brokenFile(text)];
  }
  return parsed.filter(({ oldFileName, newFileName }) => oldFileName || newFileName).map(toFile);
}

function toFile(patch: StructuredPatch): PatchFile {
  const oldPath = plainPath(patch.oldFileName, "a/");
  const newPath = plainPath(patch.newFileName, "b/");
  const lines = patch.hunks.flatMap(hunkLines);
  return {
    path: newPath ?? oldPath ?? "",
    oldPath: oldPath !== null && newPath !== null && oldPath !== newPath ? oldPath : null,
    change: changeOf(patch, oldPath, newPath),
    numAdded: lines.filter(({ kind }) => kind === "added").length,
    numRemoved: lines.filter(({ kind }) => kind === "removed").length,
    lines,
    isBroken: false,
  };
}

function changeOf(
  patch: StructuredPatch,
  oldPath: string | null,
  newPath: string | null,
): FileChange {
  if (patch.isBinary) return "binary";
  if (patch.isCreate || oldPath === null) return "added";
  if (patch.isDelete || newPath === null) return "deleted";
  return patch.isRename || oldPath !== newPath ? "renamed" : "modified";
}

function hunkLines(hunk: StructuredPatch["hunks"][number]): PatchLine[] {
  let [oldLine, newLine] = [hunk.oldStart, hunk.newStart];
  const range = `@@ −${rangeText(hunk.oldStart, hunk.oldLines)} +${rangeText(hunk.newStart, hunk.newLines)} @@`;
  const head: PatchLine = { kind: "hunk", text: range, old: null, new: null };
  const lines = hunk.lines.map((line): PatchLine => {
    const text = line.slice(1).replace(/\r$/, "");
    switch (line[0]) {
      case "+":
        return { kind: "added", text, old: null, new: newLine++ };
      case "-":
        return { kind: "removed", text, old: oldLine++, new: null };
      case "\\":
        return { kind: "note", text: text.trim(), old: null, new: null };
      default:
        return { kind: "context", text, old: oldLine++, new: newLine++ };
    }
  });
  return [head, ...lines];
}

/** Where there are no lines, git names the line before. */
function rangeText(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function brokenFile(text: string): PatchFile {
  const lines = text.split("\n");
  const [, path = ""] = /^diff --git a\/(.+) b\//.exec(lines[0] ?? "") ?? [];
  const shown = lines.map((line): PatchLine => {
    const isHeader = /^(\+\+\+|---|diff |index )/.test(line);
    const kind = isHeader ? "note" : line[0] === "+" ? "added" : line[0] === "-" ? "removed" : null;
    return { kind: kind ?? "context", text: line, old: null, new: null };
  });
  return {
    path,
    oldPath: null,
    change: "modified",
    numAdded: shown.filter(({ kind }) => kind === "added").length,
    numRemoved: shown.filter(({ kind }) => kind === "removed").length,
    lines: shown,
    isBroken: true,
  };
}

/** Null for the side on which the file does not exist. */
function plainPath(name: string | undefined, prefix: string): string | null {
  if (name === undefined || name === "/dev/null") return null;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
