/** The next and the previous match from a line, wherever it is in a console of any size. Pure. */
import type { ConsoleMatches } from "@/api/types";

/** Matches at or after a position, at most so many. */
export type Search = (start: number, limit: number) => Promise<ConsoleMatches>;

/** How far back is looked at once; the next look goes further. */
const FIRST_LOOK = 1000;
const LOOK_FACTOR = 8;
const MANY = 1000;

/** Matches that were loaded from the beginning on. */
export interface Known {
  positions: readonly number[];
  /** All before this line are among them. */
  covered: number;
}

/** @returns The first match at or after `start`, from the beginning again after the end. */
export async function findNext(search: Search, known: Known, start: number, numLines: number) {
  const near = known.positions.find((position) => position >= start);
  if (near !== undefined) return near;
  const found =
    known.covered < numLines ? await firstFrom(search, Math.max(start, known.covered)) : null;
  return found ?? known.positions[0] ?? null;
}

/** @returns The last match before `end`, from the end again before the beginning. */
export async function findPrevious(search: Search, known: Known, end: number, numLines: number) {
  const isKnown = end <= known.covered;
  const near = isKnown
    ? (known.positions.findLast((position) => position < end) ?? null)
    : await lastBefore(search, end);
  if (near !== null) return near;
  if (known.covered >= numLines) return known.positions.at(-1) ?? null;
  return lastBefore(search, numLines);
}

async function firstFrom(search: Search, start: number): Promise<number | null> {
  for (let at: number | null = start; at !== null; ) {
    const found: ConsoleMatches = await search(at, 1);
    const position = found.matches[0]?.line.position;
    if (position !== undefined) return position;
    at = found.next;
  }
  return null;
}

async function lastBefore(search: Search, end: number): Promise<number | null> {
  let upper = end;
  for (let look = FIRST_LOOK; upper > 0; look *= LOOK_FACTOR) {
    const lower = Math.max(0, upper - look);
    const found = await lastWithin(search, lower, upper);
    if (found !== null) return found;
    upper = lower;
  }
  return null;
}

async function lastWithin(search: Search, lower: number, upper: number): Promise<number | null> {
  let last: number | null = null;
  for (let at: number | null = lower; at !== null && at < upper; ) {
    const found: ConsoleMatches = await search(at, MANY);
    const positions = found.matches.map(({ line }) => line.position);
    last = positions.findLast((position) => position < upper) ?? last;
    at = found.next;
  }
  return last;
}
