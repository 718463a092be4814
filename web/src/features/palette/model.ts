/**
 * Finding things by a few of their letters. `trlo` finds `train/loss`: letters in order, better the
 * closer they stand and the more of them begin words.
 */

import type { IconName } from "@/ui/icons";

/** Something to go to or to do. */
export interface Option {
  icon?: IconName | undefined;
  /** Unique, and the same every time. */
  id: string;
  kind: OptionKind;
  label: string;
  /** What tells it from others of the same name: a run's project, a project's entity. */
  detail?: string | undefined;
  /** Words that it is found by, too, but which are not shown. */
  keywords?: string | undefined;
  /** The key that does the same. */
  shortcut?: string | undefined;
  does: { href: string } | { run: () => void };
}

export type OptionKind = "run" | "project" | "page" | "action";

export interface Found {
  option: Option;
  score: number;
  /** Which letters of the label were asked for. */
  marks: readonly number[];
}

export interface FoundGroup {
  name: GroupName;
  found: readonly Found[];
}

export type GroupName = "recent" | "here" | "actions" | "projects" | "runs";

/** How many of one kind are shown: more is looked for by more letters. */
const MAX_PER_GROUP = 8;
/** Letters further on do not help to tell names apart, and cost time. */
const MAX_LETTERS = 200;

export interface Source {
  name: GroupName;
  options: readonly Option[];
}

/** What was asked for, best first within each group; the group with the best find comes first. */
export function findOptions(
  sources: readonly Source[],
  query: string,
  maxPerGroup = MAX_PER_GROUP,
): FoundGroup[] {
  // Nobody types longer words than names are read; spaces part words.
  const words = fold(query.normalize("NFC")).split(/\s+/).filter(Boolean);
  const seen = new Set<string>();
  const groups: FoundGroup[] = [];
  for (const { name, options } of sources) {
    const rated: { option: Option; score: number }[] = [];
    for (const option of options) {
      if (seen.has(option.id)) continue;
      const score = rateOption(option, words);
      if (score === null) continue;
      seen.add(option.id);
      rated.push({ option, score });
    }
    rated.sort((a, b) => b.score - a.score);
    const shown = rated.slice(0, maxPerGroup);
    const found = shown.map((one) => ({ ...one, marks: marksOf(one.option, words) }));
    if (found.length > 0) groups.push({ name, found });
  }
  // Sorting is stable: without a query the groups stay as they were given.
  return groups.sort((a, b) => (b.found[0]?.score ?? 0) - (a.found[0]?.score ?? 0));
}

interface Match {
  score: number;
  marks: readonly number[];
}

/** Each word has to be found, in the label or in what else the option is known by. */
function rateOption(option: Option, words: readonly string[]): number | null {
  if (words.length === 0) return 0;
  const label = fold(option.label);
  // Of two names with the same letters the shorter one is meant.
  let score = -label.length / 1000;
  for (const word of words) {
    const inLabel = rate(word, label);
    const found = inLabel ?? rate(word, fold(`${option.detail ?? ""} ${option.keywords ?? ""}`));
    if (found === null) return null;
    score += inLabel ? found.score : found.score / 2;
  }
  return score;
}

/** Which letters of the label the words found. */
function marksOf(option: Option, words: readonly string[]): number[] {
  const label = fold(option.label);
  const marks = words.flatMap((word) => matchLetters(word, label)?.marks ?? []);
  return [...new Set(marks)].toSorted((a, b) => a - b);
}

/** Lower case, letter for letter: lengths must stay for the marks to fall into place. */
function fold(text: string): string {
  const short = text.slice(0, MAX_LETTERS);
  const lower = short.toLowerCase();
  return lower.length === short.length ? lower : short;
}

const WORD_START = 8;
const NEIGHBOUR = 9;
const LETTER = 1;
const GAP = 0.05;
const NONE = Number.NEGATIVE_INFINITY;

/** The best way to find the letters of a word in a text, in order; null where there is none. */
export function matchLetters(word: string, text: string): Match | null {
  const found = rate(word, text);
  return found === null ? null : { score: found.score, marks: traceBack(word.length, found.at) };
}

// Used over and over: thousands of names are looked at with each key.
let before = new Float64Array(MAX_LETTERS);
let now = new Float64Array(MAX_LETTERS);
/** For each letter and place, the place of the letter before. */
const cameFrom = new Int16Array(MAX_LETTERS * MAX_LETTERS);

/**
 * Dynamic programming over (letter, place): the best score with that letter at that place, either
 * as the neighbour of the one before or after a gap. Cost: letters × text.
 */
function rate(word: string, text: string): { score: number; at: number } | null {
  if (!isSubsequence(word, text)) return null;
  for (let i = 0; i < word.length; i++) {
    now.fill(NONE, 0, text.length);
    // The best place of the letter before that leaves a gap, each step of which costs a little.
    let best = i === 0 ? 0 : NONE;
    let bestAt = -1;
    for (let j = i; j < text.length; j++) {
      if (text[j] === word[i]) {
        const own = LETTER + (isWordStart(text, j) ? WORD_START : 0);
        const adjoining = i > 0 ? (before[j - 1] ?? NONE) + NEIGHBOUR : NONE;
        const isAdjoining = adjoining >= best;
        now[j] = own + (isAdjoining ? adjoining : best);
        cameFrom[i * MAX_LETTERS + j] = isAdjoining ? j - 1 : bestAt;
      }
      best -= GAP;
      const left = i === 0 ? NONE : (before[j - 1] ?? NONE);
      if (left > best) {
        best = left;
        bestAt = j - 1;
      }
    }
    [before, now] = [now, before];
  }
  let at = 0;
  for (let j = 1; j < text.length; j++) {
    if ((before[j] ?? NONE) > (before[at] ?? NONE)) at = j;
  }
  return { score: before[at] ?? NONE, at };
}

function traceBack(numLetters: number, end: number): number[] {
  const marks: number[] = [];
  let at = end;
  for (let i = numLetters - 1; i >= 0; i--) {
    marks.push(at);
    at = cameFrom[i * MAX_LETTERS + at] ?? 0;
  }
  return marks.reverse();
}

function isSubsequence(word: string, text: string): boolean {
  let at = 0;
  for (const letter of word) {
    const found = text.indexOf(letter, at);
    if (found < 0) return false;
    at = found + letter.length;
  }
  return true;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s/\-_.:]/.test(text[at - 1] ?? "");
}

/** A label cut where marks begin and end. */
export function markedParts(
  label: string,
  marks: readonly number[],
): { start: number; text: string; isMarked: boolean }[] {
  const marked = new Set(marks);
  const parts: { start: number; text: string; isMarked: boolean }[] = [];
  for (let at = 0; at < label.length; at++) {
    const isMarked = marked.has(at);
    const last = parts.at(-1);
    if (last && last.isMarked === isMarked) last.text += label[at];
    else parts.push({ start: at, text: label[at] ?? "", isMarked });
  }
  return parts;
}
