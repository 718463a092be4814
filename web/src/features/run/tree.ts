/** Config and summary as rows of a tree. Pure. */
import { readSpecialFloat } from "@/lib/float";
import { formatDateTime, formatDuration, formatExact, formatNumber } from "@/lib/format";
import { mediaLabel } from "./media-label";

export type LeafKind = "number" | "text" | "media" | "other";

export interface Leaf {
  text: string;
  exact: string;
  kind: LeafKind;
}

export interface TreeRow {
  path: string;
  name: string;
  depth: number;
  /** null for a branch. */
  leaf: Leaf | null;
  /** As the document has it. */
  value: unknown;
  numChildren: number;
}

/** Keys that are not what one comes for: they stand last, in a branch of their own. */
export interface Aside {
  name: string;
  keys: ReadonlySet<string>;
}

/** The path of that branch, which no value has: keys are not empty. */
export const ASIDE = "";

/** Rows in reading order. A closed branch keeps its row and loses its children. */
export function treeRows(
  document: Readonly<Record<string, unknown>>,
  search: string,
  closed: ReadonlySet<string>,
  aside: Aside | null = null,
): TreeRow[] {
  const wanted = search.trim().toLowerCase();
  const walk: Walk = { wanted, closed: wanted === "" ? closed : NONE, rows: [] };
  const entries = Object.entries(document).toSorted(byInterest);
  const isAside = ([key]: [string, unknown]) => aside?.keys.has(plainKey(key)) === true;
  for (const [key, value] of entries.filter((entry) => !isAside(entry))) {
    const name = plainKey(key);
    addRows(walk, name, name, value, 0);
  }
  const rest = entries.filter(isAside);
  if (aside && rest.length > 0) addAside(walk, aside.name, rest);
  return walk.rows;
}

/** What is in that branch keeps the path that it has in the document. */
function addAside(walk: Walk, name: string, entries: readonly [string, unknown][]): void {
  const { closed, rows } = walk;
  const at = rows.length;
  const value = Object.fromEntries(entries);
  rows.push({ path: ASIDE, name, depth: 0, leaf: null, value, numChildren: entries.length });
  if (closed.has(ASIDE)) return;
  for (const [key, child] of entries) addRows(walk, plainKey(key), plainKey(key), child, 1);
  if (rows.length === at + 1) rows.length = at;
}

/** The paths of all branches, for closing them at once. */
export function branchPaths(document: Readonly<Record<string, unknown>>): string[] {
  return treeRows(document, "", NONE)
    .filter(({ leaf }) => leaf === null)
    .map(({ path }) => path);
}

const NONE: ReadonlySet<string> = new Set();

interface Walk {
  wanted: string;
  /** A search looks into closed branches too. */
  closed: ReadonlySet<string>;
  rows: TreeRow[];
}

const collator = new Intl.Collator("en", { numeric: true });

/** By name; what clients keep for themselves (`_wandb`, `_timestamp`) last. */
function byInterest([a]: [string, unknown], [b]: [string, unknown]): number {
  const isPrivate = Number(a.startsWith("_")) - Number(b.startsWith("_"));
  return isPrivate || collator.compare(a, b);
}

/** @returns Whether anything of it was wanted. */
function addRows(walk: Walk, path: string, name: string, value: unknown, depth: number): boolean {
  const { wanted, closed, rows } = walk;
  const children = childrenOf(value);
  if (children === null) {
    const leaf = clockLeaf(path, value) ?? leafOf(value);
    const isWanted = wanted === "" || `${path} ${leaf.exact}`.toLowerCase().includes(wanted);
    if (isWanted) rows.push({ path, name, depth, leaf, value, numChildren: 0 });
    return isWanted;
  }
  const at = rows.length;
  rows.push({ path, name, depth, leaf: null, value, numChildren: children.length });
  // A branch whose own name is wanted shows all that is in it.
  const inner =
    wanted !== "" && path.toLowerCase().includes(wanted) ? { ...walk, wanted: "" } : walk;
  if (!closed.has(path)) {
    for (const [key, child] of children) {
      addRows(inner, `${path}.${key}`, key, child, depth + 1);
    }
  }
  const isWanted = wanted === "" || rows.length > at + 1;
  if (!isWanted) rows.length = at;
  return isWanted;
}

/** null for a leaf. Short lists of plain values read better on one line. */
function childrenOf(value: unknown): [string, unknown][] | null {
  if (typeof value !== "object" || value === null) return null;
  if (readSpecialFloat(value) !== null || mediaLabel(value) !== null) return null;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => isPlain(item));
    return isFlat || value.length === 0 ? null : value.map((item, i) => [String(i), item]);
  }
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return null;
  // Clients in Go send them in any order.
  return entries.toSorted(byInterest).map(([key, child]) => [plainKey(key), child]);
}

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null || readSpecialFloat(value) !== null;
}

/** The server writes a user's own `$key` as `$$key`, to tell it from `{"$float": …}`. */
function plainKey(key: string): string {
  return key.startsWith("$$") ? key.slice(1) : key;
}

/** What clients keep of the clock, in seconds, as times are read; null for all else. */
function clockLeaf(path: string, value: unknown): Leaf | null {
  if (typeof value !== "number") return null;
  const text =
    path === "_timestamp"
      ? formatDateTime(value * 1000)
      : path === "_runtime" || path === "_wandb.runtime"
        ? formatDuration(value)
        : null;
  return text === null ? null : { text, exact: formatExact(value), kind: "number" };
}

function leafOf(value: unknown): Leaf {
  const special = readSpecialFloat(value);
  if (special !== null) return numberLeaf(special);
  if (typeof value === "number") return numberLeaf(value);
  if (typeof value === "string") {
    return { text: value === "" ? "“”" : value, exact: value, kind: "text" };
  }
  const media = mediaLabel(value);
  if (media !== null) return { text: media, exact: toJson(value), kind: "media" };
  const text = Array.isArray(value) ? `[${value.map(plainText).join(", ")}]` : toJson(value);
  return { text, exact: toJson(value), kind: "other" };
}

function numberLeaf(value: number): Leaf {
  // Integers are read whole: a seed of 1234567 is not 1.235e6.
  const text = Number.isSafeInteger(value)
    ? String(value).replace("-", "\u2212")
    : formatNumber(value);
  return { text, exact: formatExact(value), kind: "number" };
}

function plainText(value: unknown): string {
  const number = typeof value === "number" ? value : readSpecialFloat(value);
  return number === null ? JSON.stringify(value) : numberLeaf(number).text;
}

/** As Python's `json` writes and reads it: NaN and infinities stand as they are. */
export function toJson(value: unknown, indent = ""): string {
  const number = readSpecialFloat(value);
  if (number !== null) return String(number);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const isList = Array.isArray(value);
  const deeper = `${indent}  `;
  const parts = isList
    ? value.map((item) => toJson(item, deeper))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(plainKey(key))}: ${toJson(item, deeper)}`,
      );
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  if (isList && value.every((item) => isPlain(item))) return `${open}${parts.join(", ")}${close}`;
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
}

/** What a value is on the clipboard: text as it is, all else as JSON. */
export function clipboardText(value: unknown): string {
  return typeof value === "string" ? value : toJson(value);
}
