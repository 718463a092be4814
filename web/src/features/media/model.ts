/** Media of a run: groups of keys, and steps that hop from value to value. Pure. */
import type { MediaKey, MediaKind } from "@/api/media";

export type Grouping = "prefix" | "kind";

export interface MediaGroup {
  /** The prefix, or the kind; "" for keys without a prefix. */
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

export function groupKeys(keys: readonly MediaKey[], by: Grouping, search: string): MediaGroup[] {
  const wanted = search.trim().toLowerCase();
  const groups = new Map<string, MediaKey[]>();
  for (const key of keys.toSorted((a, b) => NAMES.compare(a.key, b.key))) {
    if (!key.key.toLowerCase().includes(wanted)) continue;
    const name = by === "kind" ? key.kind : prefixOf(key.key);
    const group = groups.get(name);
    if (group) group.push(key);
    else groups.set(name, [key]);
  }
  const rank = (name: string) => (by === "kind" ? (KIND_RANKS.get(name) ?? 0) : 0);
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

const NAMES = new Intl.Collator("en", { numeric: true });

/** Place of the last step that is not after `step`; the first where all are. */
export function placeAtOrBefore(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((steps[middle] ?? 0) <= step) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The step that comes closest, for a thumb that is dragged. */
export function nearestStep(steps: readonly number[], step: number): number {
  const place = placeAtOrBefore(steps, step);
  const [before, after] = [steps[place], steps[place + 1]];
  if (before === undefined) return step;
  if (after === undefined) return before;
  return Math.abs(after - step) < Math.abs(step - before) ? after : before;
}

/** The next step of the list in a direction; null at its end. Repeated steps count once. */
export function hop(steps: readonly number[], step: number, direction: 1 | -1): number | null {
  const at = placeAtOrBefore(steps, step);
  if (direction === 1) return steps.slice(at).find((each) => each > step) ?? null;
  return steps.slice(0, at + 1).findLast((each) => each < step) ?? null;
}

/** At most `max` marks, as parts of the slider's length; near ones are one mark. */
export function stepMarks(steps: readonly number[], max: number): number[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const slots = new Set(steps.map((step) => Math.round(((step - first) / (last - first)) * max)));
  return [...slots].map((slot) => slot / max);
}
