/** Config and summary as rows of a tree. Pure. */
import { readSpecialFloat } from "@/lib/float";
import { formatExact, formatNumber } from "@/lib/format";

export interface TreeRow {
  path: string;
  name: string;
  depth: number;
  /** null for a branch. */
  value: { text: string; exact: string; kind: "number" | "text" | "other" } | null;
  numChildren: number;
}

/** Rows in reading order. A closed branch keeps its row and loses its children. */
export function treeRows(
  document: Readonly<Record<string, unknown>>,
  search: string,
  closed: ReadonlySet<string>,
): TreeRow[] {
  const wanted = search.trim().toLowerCase();
  const rows: TreeRow[] = [];
  for (const [key, value] of Object.entries(document).toSorted(byInterest)) {
    const name = plainKey(key);
    // A search looks into closed branches too.
    rows.push(...branchRows(name, name, value, 0, wanted, wanted === "" ? closed : new Set()));
  }
  return rows;
}

/** By name; what clients keep for themselves (`_wandb`, `_timestamp`) last. */
function byInterest([a]: [string, unknown], [b]: [string, unknown]): number {
  const isPrivate = Number(a.startsWith("_")) - Number(b.startsWith("_"));
  return isPrivate || a.localeCompare(b, "en", { numeric: true });
}

function branchRows(
  path: string,
  name: string,
  value: unknown,
  depth: number,
  wanted: string,
  closed: ReadonlySet<string>,
): TreeRow[] {
  const children = childrenOf(value);
  if (children === null) {
    const leaf = leafValue(value);
    const matches = wanted === "" || `${path} ${leaf.exact}`.toLowerCase().includes(wanted);
    return matches ? [{ path, name, depth, value: leaf, numChildren: 0 }] : [];
  }
  const inner = closed.has(path)
    ? []
    : children.flatMap(([key, child]) =>
        branchRows(`${path}.${key}`, key, child, depth + 1, wanted, closed),
      );
  if (wanted !== "" && inner.length === 0) return [];
  return [{ path, name, depth, value: null, numChildren: children.length }, ...inner];
}

/** null for a leaf. Short lists of plain values read better on one line. */
function childrenOf(value: unknown): [string, unknown][] | null {
  if (typeof value !== "object" || value === null) return null;
  if (readSpecialFloat(value) !== null) return null;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== "object" || item === null);
    return isFlat || value.length === 0 ? null : value.map((item, i) => [String(i), item]);
  }
  const entries: [string, unknown][] = Object.entries(value);
  return entries.length === 0 ? null : entries.map(([key, child]) => [plainKey(key), child]);
}

/** The server writes a user's own `$key` as `$$key`, to tell it from `{"$float": …}`. */
function plainKey(key: string): string {
  return key.startsWith("$$") ? key.slice(1) : key;
}

function leafValue(value: unknown): NonNullable<TreeRow["value"]> {
  const special = readSpecialFloat(value);
  if (special !== null) return number(special);
  if (typeof value === "number") return number(value);
  if (typeof value === "string")
    return { text: value === "" ? "“”" : value, exact: value, kind: "text" };
  const text = Array.isArray(value) ? `[${value.map(plain).join(", ")}]` : JSON.stringify(value);
  return { text, exact: JSON.stringify(value), kind: "other" };
}

function number(value: number): NonNullable<TreeRow["value"]> {
  // Integers are read whole: a seed of 1234567 is not 1.235e6.
  const text = Number.isSafeInteger(value)
    ? String(value).replace("-", "\u2212")
    : formatNumber(value);
  return { text, exact: formatExact(value), kind: "number" };
}

function plain(value: unknown): string {
  return typeof value === "number" ? formatNumber(value) : JSON.stringify(value);
}
