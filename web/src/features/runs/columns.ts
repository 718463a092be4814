/**
 * The columns of a table of runs, as pure values. The text form, for the URL, is short:
 * `!name~240,state,config.lr`: a pinned column has a `!`, one of a chosen width a `~` and pixels.
 */

import type { RunColumn } from "@/api/types";
import { escapeText, unescapeText } from "@/lib/text-list";
import { keysOf, printKey } from "./run-keys";

export interface Column {
  /** In the words of the filter language: `state`, `config.lr`. */
  key: string;
  /** In pixels; null for what suits its kind. */
  width: number | null;
  /** Stays at the left while the others scroll. */
  isPinned: boolean;
}

export const MIN_WIDTH = 48;
export const MAX_WIDTH = 960;

/** What is counted of a run, and not recorded by it. */
export const COUNTED: readonly string[] = ["last_step", "num_rows"];

/** What has a meaning in the text form. */
const SIGNS = ",~!";

/** Always there, at the very left: without it nobody knows which run a row is. */
export const NAME = "name";

const DEFAULT_WIDTHS: Readonly<Record<string, number>> = {
  name: 240,
  state: 104,
  created_at: 150,
  heartbeat_at: 150,
  finished_at: 150,
  duration_s: 96,
  user: 104,
  group: 132,
  job_type: 104,
  tags: 180,
  notes: 220,
  last_step: 88,
  num_rows: 88,
};
const DOCUMENT_WIDTH = 120;

export function column(key: string, change: Partial<Column> = {}): Column {
  return { key, width: null, isPinned: false, ...change };
}

export function widthOf({ key, width }: Column): number {
  return width ?? DEFAULT_WIDTHS[key] ?? DOCUMENT_WIDTH;
}

export function parseColumns(text: string): Column[] {
  const columns = text.split(",").flatMap((part) => {
    const [, pin, escaped = "", digits] = /^(!?)([^~]*)(?:~(\d+))?$/su.exec(part) ?? [];
    if (escaped === "") return [];
    const width = digits === undefined ? null : clampWidth(Number(digits));
    return [column(unescapeText(escaped), { width, isPinned: pin === "!" })];
  });
  return unique(columns);
}

export function formatColumns(columns: readonly Column[]): string {
  return columns
    .map(({ key, width, isPinned }) => {
      const size = width === null ? "" : `~${width}`;
      return `${isPinned ? "!" : ""}${escapeText(key, SIGNS)}${size}`;
    })
    .join(",");
}

const USUAL = ["state", "created_at", "duration_s", "user", "tags"];
const MAX_USUAL = 4;

/** What people look for first, by how results are mostly named. */
const RESULTS = /loss|acc|score|reward|return|f1|auc|error|perplexity|bleu|rouge|map\b|iou/i;

/**
 * What a table shows before anybody chose: what every run has, and of config and summary the
 * first few plain values that most runs have. Names that begin with `_` are the client's own.
 */
export function usualColumns(known: readonly RunColumn[]): Column[] {
  const most = (wanted: "config" | "summary") =>
    known
      .filter(({ source, path, type }) => source === wanted && PLAIN.has(type) && path[0] !== "_")
      .toSorted((a, b) => b.num_runs - a.num_runs || rank(a.path) - rank(b.path))
      .slice(0, MAX_USUAL)
      .map(({ source, path }) => printKey({ source, path }));
  return [...USUAL, ...most("summary"), ...most("config"), "notes"].map((key) => column(key));
}

/** Results before what describes them, what lies near the top before what lies deep. */
function rank(path: string): number {
  return (RESULTS.test(path) ? 0 : 100) + path.split(/[./]/).length;
}

const PLAIN: ReadonlySet<string> = new Set(["number", "bool", "text", "mixed"]);

/** Keys whose values are numbers, in every run that has one. */
export function numberColumns(known: readonly RunColumn[]): Set<string> {
  const found = known.filter(({ type }) => type === "number").flatMap(keysOf);
  return new Set([...COUNTED, ...found]);
}

/** As they are drawn: the name, the pinned ones, the rest. */
export function arrangeColumns(columns: readonly Column[]): Column[] {
  const name = columns.find(({ key }) => key === NAME) ?? column(NAME);
  const others = columns.filter(({ key }) => key !== NAME);
  return [
    { ...name, isPinned: true },
    ...others.filter(({ isPinned }) => isPinned),
    ...others.filter(({ isPinned }) => !isPinned),
  ];
}

export function hasColumn(columns: readonly Column[], key: string): boolean {
  return columns.some((old) => old.key === key);
}

/** A new column comes last, one that was there goes. */
export function toggleColumn(columns: readonly Column[], key: string): Column[] {
  return hasColumn(columns, key)
    ? columns.filter((old) => old.key !== key)
    : [...columns, column(key)];
}

/** Puts a column before another; before none is at the end. It gets pinned among pinned ones. */
export function moveColumn(
  columns: readonly Column[],
  key: string,
  before: string | null,
): readonly Column[] {
  const moved = columns.find((old) => old.key === key);
  if (!moved || key === before) return columns;
  const rest = columns.filter((old) => old !== moved);
  const found = rest.findIndex((old) => old.key === before);
  const at = found < 0 ? rest.length : found;
  const neighbour = rest[at] ?? rest.at(-1);
  const isPinned = neighbour?.isPinned ?? false;
  return [...rest.slice(0, at), { ...moved, isPinned }, ...rest.slice(at)];
}

export function resizeColumn(columns: readonly Column[], key: string, width: number): Column[] {
  return change(columns, key, { width: clampWidth(width) });
}

export function pinColumn(columns: readonly Column[], key: string, isPinned: boolean): Column[] {
  return change(columns, key, { isPinned });
}

function change(columns: readonly Column[], key: string, to: Partial<Column>): Column[] {
  return columns.map((old) => (old.key === key ? { ...old, ...to } : old));
}

function unique(columns: readonly Column[]): Column[] {
  return [...new Map(columns.map((one) => [one.key, one])).values()];
}

function clampWidth(width: number): number {
  return Math.min(Math.max(Math.round(width), MIN_WIDTH), MAX_WIDTH);
}
