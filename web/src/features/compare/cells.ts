/** What one run has under one key: as it is shown, told apart and compared. Pure. */
import { readSpecialFloat } from "@/lib/float";
import { formatExact, formatNumber } from "@/lib/format";

export interface Cell {
  /** Equal for equal values; a number is never equal to its text. */
  identity: string;
  /** Whole, as it is copied. */
  exact: string;
  /** For what can be subtracted. */
  number: number | null;
  /** How a number and its difference from another are shown. */
  format?: (value: number) => string;
}

export function textCell(text: string): Cell {
  return { identity: JSON.stringify(text), exact: text, number: null };
}

/** @param format How it is shown; identity and copy keep every digit. */
export function numberCell(value: number, format?: (value: number) => string): Cell {
  const exact = formatExact(value);
  const cell = { identity: exact, exact, number: value };
  return format ? { ...cell, format } : cell;
}

/** As it is shown; worked out for what is in sight alone. */
export function cellText({ exact, number, format = shortNumber }: Cell): string {
  return number === null ? exact : format(number);
}

export function valueCell(value: unknown): Cell {
  const special = readSpecialFloat(value);
  if (special !== null) return numberCell(special);
  if (typeof value === "number") return numberCell(value);
  if (typeof value === "string") return textCell(value);
  const json = stableJson(value);
  return { identity: json, exact: json, number: null };
}

/**
 * A document's leaves by dotted path. Lists are leaves: their order is their meaning, and a list
 * of different lengths would spread over rows that do not belong together.
 */
export function leaves(document: Readonly<Record<string, unknown>>): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [key, value] of Object.entries(document)) addLeaves(plainKey(key), value, cells);
  return cells;
}

function addLeaves(path: string, value: unknown, cells: Map<string, Cell>): void {
  if (isMedia(value)) return;
  const isBranch = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isBranch || readSpecialFloat(value) !== null) {
    cells.set(path, valueCell(value));
    return;
  }
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) cells.set(path, valueCell(value));
  for (const [key, inner] of entries) addLeaves(`${path}.${plainKey(key)}`, inner, cells);
}

/** Logged media have a page of their own; their paths and hashes always differ, and say nothing. */
function isMedia(value: unknown): boolean {
  return typeof value === "object" && value !== null && "_type" in value;
}

/** The server writes a user's own `$key` as `$$key`, to tell it from `{"$float": …}`. */
function plainKey(key: string): string {
  return key.startsWith("$$") ? key.slice(1) : key;
}

/** JSON in which the order of an object's keys does not matter, and NaN is NaN. */
function stableJson(value: unknown): string {
  const special = readSpecialFloat(value);
  if (special !== null) return String(special);
  if (Array.isArray(value)) return `[${value.map(stableJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries: [string, unknown][] = Object.entries(value);
  const parts = entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(plainKey(key))}: ${stableJson(inner)}`);
  return `{${parts.join(", ")}}`;
}

function shortNumber(value: number): string {
  // Integers are read whole: a seed of 1234567 is not 1.235e6.
  return Number.isSafeInteger(value) ? String(value).replace("-", "\u2212") : formatNumber(value);
}
