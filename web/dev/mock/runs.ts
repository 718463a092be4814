/** Lists of invented runs, as the server pages, searches and sorts them. */
import type { ColumnPage, RunPage, RunRow } from "../../src/api/types.ts";
import { currentSeq, detailOf, type MockRun } from "./data.ts";

/** Searches, sorts by one key and pages. A `filter` is not understood here: it lets all through. */
export function listRuns(runs: readonly MockRun[], query: URLSearchParams): RunPage {
  const search = (query.get("search") ?? "").toLowerCase();
  const since = query.get("since_seq");
  const ids = query.getAll("ids");
  const columns = query.getAll("columns");
  const matching = runs.filter(({ row }) =>
    ids.length > 0
      ? ids.includes(row.id)
      : row.display_name.toLowerCase().includes(search) || row.id.includes(search),
  );
  const found = sorted(matching, query.get("sort") ?? "").filter(
    ({ row }) => since === null || row.seq > Number(since),
  );
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Number(query.get("limit") ?? 50);
  return {
    runs: found.slice(from, to).map((run) => withValues(run, columns)),
    next_cursor: to < found.length && since === null ? String(to) : null,
    total: matching.length,
    seq: currentSeq(),
    deleted: [],
    warnings: [],
  };
}

/** Keys of the newest run's config and summary. */
export function listColumns(runs: readonly MockRun[], query: URLSearchParams): ColumnPage {
  const [first] = runs;
  const search = query.get("search") ?? "";
  const known = (["config", "summary"] as const).flatMap((source) =>
    Object.entries(first ? detailOf(first)[source] : {}).map(([path, value]) => ({
      name: `${source}.${path}`,
      source,
      path,
      type: typeof value === "number" ? ("number" as const) : ("text" as const),
      num_runs: runs.length,
    })),
  );
  // What the summary holds of numbers is the last value of a metric.
  const metrics = known
    .filter(({ source, type }) => source === "summary" && type === "number")
    .map((column) => ({
      ...column,
      name: `last(history.${column.path})`,
      source: "history" as const,
    }));
  const columns = [...known, ...metrics].filter(({ name }) => name.includes(search));
  return { columns, next_cursor: null, total: columns.length };
}

function withValues(run: MockRun, columns: readonly string[]): RunRow {
  if (columns.length === 0) return run.row;
  const values = columns.flatMap((key) => {
    const value = readValue(run, key);
    return value === undefined ? [] : [[key, value]];
  });
  return { ...run.row, values: Object.fromEntries(values) };
}

function sorted(runs: readonly MockRun[], sort: string): readonly MockRun[] {
  const [first = ""] = sort.split(",");
  const key = first.replace(/^-/, "");
  if (key === "") return runs;
  const turn = first.startsWith("-") ? -1 : 1;
  return runs.toSorted((a, b) => turn * compare(readValue(a, key), readValue(b, key)));
}

function readValue(run: MockRun, key: string): unknown {
  const [, source, path = ""] = /^(config|summary)\.(.*)$/.exec(key) ?? [];
  if (source === "config" || source === "summary") return detailOf(run)[source][path];
  const fields: Record<string, unknown> = { ...run.row, name: run.row.display_name };
  return fields[key];
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""));
}
