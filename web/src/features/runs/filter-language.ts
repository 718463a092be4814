/**
 * Reading conditions as they are typed: what is wrong with one, and which keys may be meant. Only
 * who writes a condition needs it: `use-filter-language.ts` loads it then.
 */

import type { RunColumn } from "@/api/types";
import { parseFilter } from "@/lib/query/parse";
import { printKey } from "@/lib/query/print";
import { type Mistake, RUN_FIELDS, type Source } from "@/lib/query/types";

const MAX_SUGGESTIONS = 8;
/** Metrics come behind what the summary holds of them. */
const LATER = 3;
/** Fewer letters of a first word are no sign that a key is meant. */
const MIN_LETTERS = 2;

const WORD = String.raw`[^\s()[\],<>=!~"'&|]*`;
const DOCUMENT_PART = /(config|summary|history)(?:\.([^\s()[\],<>=!~"'&|]*)|\[["']([^"'\]]*))$/;
const LAST_WORD = new RegExp(`${WORD}$`);
/** What a key may follow: nothing, a parenthesis, a word that joins, a value that is compared. */
const BEFORE_KEY = new RegExp(
  String.raw`(?:^|\(|(?:^|[\s(])(?:and|or|not)\s)\s*` +
    String.raw`(?:(?:"[^"]*"|'[^']*'|[-+]?[\d.][\w.+:-]*|now)\s*(?:[<>=!]=?|(?:not\s+)?in\s)\s*)?$`,
  "i",
);

/** A key that is being written: `text.slice(start, end)`. */
export interface Fragment {
  start: number;
  end: number;
  /** Where the key is looked for; null for anywhere. */
  source: Source | null;
  search: string;
}

export function mistakeIn(text: string): Mistake | null {
  return parseFilter(text).mistake;
}

/** The key before the caret; null where none is expected. */
export function fragmentAt(text: string, caret: number): Fragment | null {
  const before = text.slice(0, caret);
  const [whole, name, plain, quoted] = DOCUMENT_PART.exec(before) ?? [];
  const length = whole?.length ?? LAST_WORD.exec(before)?.[0].length ?? 0;
  const start = caret - length;
  const rest = before.slice(0, start);
  if (!BEFORE_KEY.test(rest)) return null;
  if (whole !== undefined) {
    const closing = quoted === undefined ? "" : (/^["']?\]/.exec(text.slice(caret))?.[0] ?? "");
    const source = name === "config" || name === "summary" ? name : "history";
    return { start, end: caret + closing.length, source, search: plain ?? quoted ?? "" };
  }
  const search = before.slice(start);
  const isEnough = search.length >= (rest.trim() === "" ? MIN_LETTERS : 1);
  return isEnough ? { start, end: caret, source: null, search } : null;
}

/** The keys that a fragment may become, the likeliest first. */
export function suggestedKeys(
  { source, search }: Fragment,
  columns: readonly RunColumn[],
): readonly string[] {
  const wanted = search.toLowerCase();
  const fields = source === null ? Object.keys(RUN_FIELDS) : [];
  const found: { key: string; rank: number; numRuns: number }[] = fields
    .filter((path) => path.includes(wanted))
    .map((path) => ({ key: path, rank: rankOf(path, wanted), numRuns: Infinity }));
  for (const { source: of, path, num_runs: numRuns } of columns) {
    if (of === "run" || !(source === null || source === of)) continue;
    if (!path.toLowerCase().includes(wanted)) continue;
    // Within `min(…)` the metric is enough; elsewhere it needs an aggregate.
    const isBare = source === null && of === "history";
    const rank = rankOf(path, wanted) + (isBare ? LATER : 0);
    const aggregates = isBare ? (["min", "max"] as const) : [undefined];
    for (const aggregate of aggregates)
      found.push({ key: printKey({ source: of, path, aggregate }), rank, numRuns });
  }
  const sorted = found.toSorted(
    (a, b) => a.rank - b.rank || b.numRuns - a.numRuns || a.key.length - b.key.length,
  );
  const keys = [...new Set(sorted.map(({ key }) => key))].slice(0, MAX_SUGGESTIONS);
  // What is there in full needs no suggestion.
  return keys.length === 1 && keys[0] === (source === null ? search : `${source}.${search}`)
    ? []
    : keys;
}

/** As begins the whole, a part of it, or anywhere. */
function rankOf(path: string, wanted: string): number {
  const lower = path.toLowerCase();
  if (lower.startsWith(wanted)) return 0;
  return /[/._]$/.test(lower.slice(0, lower.indexOf(wanted))) ? 1 : 2;
}
