/** Where a searched text stands in a line that is drawn. Pure. */
import type { Span } from "./ansi";

export interface TextQuery {
  text: string;
  isPattern: boolean;
  isCaseSensitive: boolean;
}

/** Begin and end, in UTF-16 units of the visible text. */
export type Range = readonly [from: number, to: number];

/** More marks than this make a line slow and say nothing more. */
const MAX_MARKS = 200;

/**
 * Finds matches in lines, or null where the text is better not looked for here: the server bounds
 * the time of a pattern, a browser does not, so patterns that could run for ever are not marked.
 */
export function matcherOf(query: TextQuery): ((line: string) => Range[]) | null {
  if (query.text === "") return null;
  if (query.isPattern && isRisky(query.text)) return null;
  const source = query.isPattern ? query.text.replace(/^\(\?i\)/, "") : escaped(query.text);
  const isLoose = !query.isCaseSensitive || (query.isPattern && query.text.startsWith("(?i)"));
  const pattern = compile(source, isLoose ? "giu" : "gu");
  return pattern && ((line) => rangesOf(pattern, line));
}

/** A repeated group that repeats something inside, or a back reference. */
function isRisky(pattern: string): boolean {
  return /\([^)]*[+*}][^)]*\)[+*{]/.test(pattern) || /\\[1-9]/.test(pattern);
}

function compile(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

function rangesOf(pattern: RegExp, line: string): Range[] {
  const ranges: Range[] = [];
  for (const found of line.matchAll(pattern)) {
    if (found[0] === "") continue;
    ranges.push([found.index, found.index + found[0].length]);
    if (ranges.length === MAX_MARKS) break;
  }
  return ranges;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

export interface MarkedSpan extends Span {
  isMatch: boolean;
}

/** Cuts spans where matches begin and end. */
export function markSpans(spans: readonly Span[], ranges: readonly Range[]): MarkedSpan[] {
  const marked: MarkedSpan[] = [];
  let at = 0;
  for (const { text, style } of spans) {
    const end = at + text.length;
    let from = at;
    for (const [a, b] of ranges) {
      if (b <= from || a >= end) continue;
      const [lo, hi] = [Math.max(a, from), Math.min(b, end)];
      if (lo > from) marked.push({ text: text.slice(from - at, lo - at), style, isMatch: false });
      marked.push({ text: text.slice(lo - at, hi - at), style, isMatch: true });
      from = hi;
    }
    if (from < end) marked.push({ text: text.slice(from - at), style, isMatch: false });
    at = end;
  }
  return marked;
}
