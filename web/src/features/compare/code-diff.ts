/** Which files of two runs differ, and how. Pure. */
import { createTwoFilesPatch } from "diff";
import { type PatchFile, readPatch } from "@/ui/patch/model";

export interface FileFacts {
  name: string;
  size_bytes: number;
  md5: string | null;
}

export interface FilePair<File extends FileFacts = FileFacts> {
  name: string;
  before: File | undefined;
  after: File | undefined;
  isSame: boolean;
}

/** Files by name, on either side or both. */
export function pairFiles<File extends FileFacts>(
  before: readonly File[],
  after: readonly File[],
): FilePair<File>[] {
  const old = new Map(before.map((file) => [file.name, file]));
  const now = new Map(after.map((file) => [file.name, file]));
  return [...new Set([...old.keys(), ...now.keys()])].sort().map((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    const isSame = a !== undefined && b !== undefined && a.md5 !== null && a.md5 === b.md5;
    return { name, before: a, after: b, isSame };
  });
}

/** A larger file is data. */
export const MAX_BYTES = 1_000_000;
const MAX_FILES = 100;

/** Those that are read and compared line by line; the others are counted. */
export function comparePairs<File extends FileFacts>(
  pairs: readonly FilePair<File>[],
): { compared: FilePair<File>[]; numLeftOut: number } {
  const small = pairs.filter(
    ({ before, after }) => Math.max(before?.size_bytes ?? 0, after?.size_bytes ?? 0) <= MAX_BYTES,
  );
  const compared = small.slice(0, MAX_FILES);
  return { compared, numLeftOut: pairs.length - compared.length };
}

interface TextPair {
  name: string;
  /** null: not there, or no text. */
  before: string | null;
  after: string | null;
}

/** Nothing where the texts turn out to be the same. */
export function patchOf({ name, before, after }: TextPair): PatchFile[] {
  if (before === after) return [];
  const path = name.replace(/^code\//, "");
  const patch = createTwoFilesPatch(
    before === null ? "/dev/null" : `a/${path}`,
    after === null ? "/dev/null" : `b/${path}`,
    before ?? "",
    after ?? "",
    undefined,
    undefined,
    { context: 3, timeout: 1_000 },
  );
  return patch === undefined ? [] : readPatch(patch);
}
