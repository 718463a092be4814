/** The filter language as a tree, the same that the server has (src/runstone/domain/filters.py). */

export type Source = "run" | "config" | "summary" | "history";

export const AGGREGATES = ["first", "last", "min", "max", "mean", "count"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export type FieldKind = "text" | "number" | "true or false" | "time" | "tags";

/** The fields of a run, and what they hold. */
export const RUN_FIELDS: Readonly<Record<string, FieldKind>> = {
  id: "text",
  name: "text",
  state: "text",
  created_at: "time",
  heartbeat_at: "time",
  finished_at: "time",
  duration_s: "number",
  user: "text",
  group: "text",
  job_type: "text",
  tags: "tags",
  notes: "text",
  host: "text",
  program: "text",
  commit: "text",
  remote: "text",
  sweep: "text",
  exit_code: "number",
  stop_requested: "true or false",
  archived: "true or false",
};

/** What people write for short; it is read as the field itself. */
export const SHORT: Readonly<Record<string, string>> = {
  created: "created_at",
  started: "created_at",
  heartbeat: "heartbeat_at",
  finished: "finished_at",
  duration: "duration_s",
};

export function fieldOf(path: string): string {
  return Object.hasOwn(SHORT, path) ? (SHORT[path] ?? path) : path;
}

/** What is compared or sorted by. */
export interface Key {
  source: Source;
  path: string;
  /** Of a history, and only there. */
  aggregate?: Aggregate | undefined;
}

export type Unit = "s" | "m" | "h" | "d" | "w";

/** An instant in ISO 8601, UTC; or so long before now. */
export type Time = { time: string } | { ago: number; unit: Unit };

export type Value = boolean | number | string | Time;

export type Op = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type Filter =
  | { is: "and" | "or"; terms: Filter[] }
  | { is: "not"; term: Filter }
  | { is: "compare"; key: Key; op: Op; value: Value }
  | { is: "in"; key: Key; values: Value[] }
  | { is: "exists"; key: Key }
  | { is: "matches"; key: Key; pattern: string }
  | { is: "tag"; tag: string };

export interface SortKey {
  key: Key;
  isDescending: boolean;
}

/** Why a text is no filter, and where: `text.slice(start, end)`. */
export interface Mistake {
  reason: string;
  start: number;
  end: number;
}

/** What kind of values a key has; null for documents, which may hold anything. */
export function kindOf({ source, path }: Key): FieldKind | null {
  if (source === "history") return "number";
  return source === "run" ? (RUN_FIELDS[path] ?? null) : null;
}
