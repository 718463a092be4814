/** Runs side by side: sections of rows, what differs in them, and by how much. Pure. */
import { formatNumber } from "@/lib/format";
import type { Cell } from "./cells";

export type SectionName =
  | "overview"
  | "config"
  | "summary"
  | "git"
  | "environment"
  | "packages"
  | "command";

/** One run's cells of one section, by key. */
export type Column = ReadonlyMap<string, Cell>;

export interface CompareRow {
  key: string;
  /** One for each run, in the order of the runs; null where the run has nothing. */
  cells: (Cell | null)[];
  differs: boolean;
}

export interface Section {
  name: SectionName;
  rows: CompareRow[];
  numDiffering: number;
}

/**
 * @param columns null for a run of which nothing is known (yet).
 * @param order "given": keys as they come; otherwise by name, numbers in them as numbers.
 */
export function buildSection(
  name: SectionName,
  columns: readonly (Column | null)[],
  order: "given" | "name" = "name",
): Section {
  const keys = new Set<string>();
  for (const column of columns) for (const key of column?.keys() ?? []) keys.add(key);
  const sorted = order === "name" ? [...keys].sort(NAMES.compare) : [...keys];
  const names = [
    ...sorted.filter((key) => !isOwn(name, key)),
    ...sorted.filter((key) => isOwn(name, key)),
  ];
  const rows = names.map((key): CompareRow => {
    const cells = columns.map((column) => column?.get(key) ?? null);
    // What is not known of a run is no difference from others.
    const known = columns.flatMap((column) => (column ? [column.get(key)?.identity] : []));
    const differs = !isOwn(name, key) && known.some((identity) => identity !== known[0]);
    return { key, cells, differs };
  });
  return { name, rows, numDiffering: rows.filter(({ differs }) => differs).length };
}

export type TableRow =
  | { kind: "section"; section: Section; isFolded: boolean; numShown: number }
  | { kind: "row"; section: SectionName; row: CompareRow };

export interface Shown {
  onlyDifferences: boolean;
  search: string;
  folded: ReadonlySet<string>;
}

/** Rows of the table. A section without anything to show is left out. */
export function tableRows(sections: readonly Section[], shown: Shown): TableRow[] {
  const wanted = shown.search.trim().toLowerCase();
  return sections.flatMap((section) => {
    const rows = section.rows.filter(
      (row) => (row.differs || !shown.onlyDifferences) && (wanted === "" || matches(row, wanted)),
    );
    if (rows.length === 0) return [];
    const isFolded = shown.folded.has(section.name) && wanted === "";
    const head: TableRow = { kind: "section", section, isFolded, numShown: rows.length };
    if (isFolded) return [head];
    return [head, ...rows.map((row): TableRow => ({ kind: "row", section: section.name, row }))];
  });
}

/** In these sections a number is something that came out, and is set beside the baseline's. */
export const MEASURED: ReadonlySet<SectionName> = new Set(["overview", "summary"]);

export interface Delta {
  text: string;
  /** In parts of a hundred of the baseline; null where there is no such part. */
  percent: string | null;
  direction: "up" | "down" | "same";
}

/** How far a number is from the baseline's; null where one of them is no finite number. */
export function deltaOf(baseline: Cell | null, cell: Cell | null): Delta | null {
  if (baseline?.number == null || cell?.number == null) return null;
  const [from, to] = [baseline.number, cell.number];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return null;
  const change = to - from;
  const direction = change > 0 ? "up" : change < 0 ? "down" : "same";
  const percent = from === 0 || change === 0 ? null : percentText((change / Math.abs(from)) * 100);
  const size = (cell.format ?? formatNumber)(Math.abs(change));
  const sign = change > 0 ? "+" : change < 0 ? "\u2212" : "";
  return { text: sign + size, percent, direction };
}

export type Better = "lower" | "higher";

/** Whether a change is for the better; null where nobody said what better is. */
export function isBetter(delta: Delta, better: Better | undefined): boolean | null {
  if (better === undefined || delta.direction === "same") return null;
  return (delta.direction === "up") === (better === "higher");
}

/** Which values are better, of a key of the summary: `loss`, and its aggregates such as `loss.min`. */
export function betterOf(goals: ReadonlyMap<string, Better>, key: string): Better | undefined {
  return goals.get(key) ?? goals.get(key.replace(/\.(?:min|max|mean|best|last|first)$/, ""));
}

export type TextFormat = "tsv" | "markdown";

/** The rows in sight, for a spreadsheet or a note. */
export function copyText(
  names: readonly string[],
  rows: readonly TableRow[],
  keyTitle: string,
  format: TextFormat,
): string {
  const lines = rows.flatMap((row) =>
    row.kind === "row"
      ? [[`${row.section}.${row.row.key}`, ...row.row.cells.map((cell) => cell?.exact ?? "")]]
      : [],
  );
  const table = [[keyTitle, ...names], ...lines];
  if (format === "tsv") return table.map((line) => line.map(oneField).join("\t")).join("\n");
  const [head = [], ...body] = table.map((line) => `| ${line.map(markdownField).join(" | ")} |`);
  const rule = `|${" --- |".repeat(names.length + 1)}`;
  return [head, rule, ...body].join("\n");
}

/** Puts a run before or after its place, as a new order. */
export function moveItem<T>(items: readonly T[], from: number, to: number): T[] {
  const moved = [...items];
  const [item] = moved.splice(from, 1);
  if (item === undefined) return moved;
  moved.splice(Math.min(Math.max(to, 0), moved.length), 0, item);
  return moved;
}

const NAMES = new Intl.Collator("en", { numeric: true });

const OWN_KEY = /^_(?:wandb|timestamp|runtime|step)(?:\.|$)/;

/**
 * What clients keep for themselves: it is never the same in two runs, and the overview says it
 * better. It comes last, and is no difference.
 */
function isOwn(section: SectionName, key: string): boolean {
  return (section === "summary" || section === "config") && OWN_KEY.test(key);
}

function matches({ key, cells }: CompareRow, wanted: string): boolean {
  if (key.toLowerCase().includes(wanted)) return true;
  return cells.some((cell) => cell?.exact.toLowerCase().includes(wanted));
}

function percentText(percent: number): string {
  const size = Math.abs(percent);
  const text = size >= 1000 ? formatNumber(Math.round(percent)) : String(round(percent));
  return `${signed(text.replace("-", "\u2212"), percent)}\u202f%`;
}

function round(percent: number): number {
  const digits = Math.abs(percent) < 10 ? 2 : 1;
  return Number(percent.toFixed(digits)) || Number(percent.toPrecision(1));
}

function signed(text: string, value: number): string {
  return value > 0 ? `+${text}` : text;
}

function oneField(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ");
}

function markdownField(text: string): string {
  return oneField(text).replaceAll("|", "\\|");
}
