/** Media of a run: groups of keys, and steps that hop from value to value. Pure. */
import type { MediaKey, MediaKind } from "@/api/media";

export type Grouping = "prefix" | "kind";

/** Of the group of tables that are drawn as charts elsewhere; no prefix of a key begins so. */
export const OF_CHARTS = ":charts";

export interface MediaGroup {
  /** The prefix, or the kind; "" for keys without a prefix; `OF_CHARTS`. */
  name: string;
  keys: MediaKey[];
}

const KINDS: readonly MediaKind[] = [
  "image",
  "video",
  "audio",
  "table",
  "histogram",
  "plotly",
  "html",
  "object3d",
  "molecule",
  "bokeh",
  "graph",
  "trace",
  "unknown",
];

const KIND_RANKS: ReadonlyMap<string, number> = new Map(KINDS.map((kind, rank) => [kind, rank]));

/** Groups that have a key with the search's words; the tables of charts come last. */
export function groupKeys(
  keys: readonly MediaKey[],
  by: Grouping,
  search: string,
  ofCharts: ReadonlySet<string> = new Set(),
): MediaGroup[] {
  const wanted = search.trim().toLowerCase();
  const groups = new Map<string, MediaKey[]>();
  for (const key of keys.toSorted((a, b) => NAMES.compare(a.key, b.key))) {
    if (!key.key.toLowerCase().includes(wanted)) continue;
    const own = by === "kind" ? key.kind : prefixOf(key.key);
    const name = ofCharts.has(key.key) ? OF_CHARTS : own;
    const group = groups.get(name);
    if (group) group.push(key);
    else groups.set(name, [key]);
  }
  const rank = (name: string) => {
    if (name === OF_CHARTS) return KINDS.length;
    return by === "kind" ? (KIND_RANKS.get(name) ?? 0) : 0;
  };
  return [...groups]
    .map(([name, members]) => ({ name, keys: members }))
    .sort((a, b) => rank(a.name) - rank(b.name) || NAMES.compare(a.name, b.name));
}

export function prefixOf(key: string): string {
  const slash = key.indexOf("/");
  return slash < 0 ? "" : key.slice(0, slash);
}

/** A key's name below the heading of its group. */
export function shortName(key: string, group: string): string {
  return group !== "" && key.startsWith(`${group}/`) ? key.slice(group.length + 1) : key;
}

/** All steps at which any of several has something, ascending. */
export function unionOfSteps(lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

const NAMES = new Intl.Collator("en", { numeric: true });
