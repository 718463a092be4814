/** A JSON value as rows of a tree. Pure. */

export interface JsonRow {
  path: string;
  name: string;
  depth: number;
  kind: "object" | "array" | "string" | "number" | "other";
  /** Of a leaf; empty for a branch. */
  text: string;
  numChildren: number;
  isOpen: boolean;
}

/** @param toggled Branches that are not as they begin: the first two levels open, large ones not. */
export function jsonRows(value: unknown, toggled: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  addRows("", "", value, 0, toggled, rows);
  return rows;
}

const OPEN_LEVELS = 2;
const MAX_OPEN = 100;

function addRows(
  path: string,
  name: string,
  value: unknown,
  depth: number,
  toggled: ReadonlySet<string>,
  rows: JsonRow[],
): void {
  if (typeof value !== "object" || value === null) {
    rows.push({ path, name, depth, ...leaf(value), numChildren: 0, isOpen: false });
    return;
  }
  const children: [string, unknown][] = Object.entries(value);
  const opensByItself = depth < OPEN_LEVELS && children.length <= MAX_OPEN;
  const isOpen = children.length > 0 && opensByItself !== toggled.has(path);
  const kind = Array.isArray(value) ? "array" : "object";
  rows.push({ path, name, depth, kind, text: "", numChildren: children.length, isOpen });
  if (!isOpen) return;
  for (const [key, child] of children) {
    addRows(`${path}/${key}`, key, child, depth + 1, toggled, rows);
  }
}

function leaf(value: unknown): Pick<JsonRow, "kind" | "text"> {
  if (typeof value === "string") return { kind: "string", text: JSON.stringify(value) };
  if (typeof value === "number") return { kind: "number", text: String(value) };
  return { kind: "other", text: String(value) };
}
