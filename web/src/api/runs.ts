/** Runs of a project: lists, one, and what people change about them. */
import type { ProjectRef, RunRef } from "./client";
import { getJson, projectPath, runPath, send, sendJson, withQuery } from "./transport";
import type {
  BareRun,
  BulkChange,
  BulkOutcome,
  ColumnPage,
  DocumentPage,
  RunChange,
  RunDetail,
  RunPage,
} from "./types";

export interface ListRuns {
  search?: string | undefined;
  /** In the filter language. */
  filter?: string | undefined;
  /** Keys separated by commas, `-` for high to low; newest first if left out. */
  sort?: string | undefined;
  /** Only these, in this order, whatever the rest says but `columns`. */
  ids?: readonly string[] | undefined;
  /** Keys whose values come with the rows. */
  columns?: readonly string[] | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
  /** Only runs changed after this sequence number; not with `filter` or `sort`. */
  sinceSeq?: number | undefined;
}

export interface ListColumns {
  search?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

/** What a script recorded of a run beside what it logged over time. */
export type RunDocument = "config" | "summary";

export interface ReadDocument {
  /** Part of a path or of a value. */
  search?: string | undefined;
  cursor?: string | undefined;
  /** About how many values come together. */
  limit?: number | undefined;
}

export interface RunsClient {
  listRuns(ref: ProjectRef, query: ListRuns, signal?: AbortSignal): Promise<RunPage>;
  getRun(ref: RunRef): Promise<RunDetail>;
  getBareRun(ref: RunRef): Promise<BareRun>;
  /** A part of a document, by name. */
  readDocument(
    ref: RunRef,
    which: RunDocument,
    query: ReadDocument,
    signal?: AbortSignal,
  ): Promise<DocumentPage>;
  /** What is left out stays. */
  updateRun(ref: RunRef, change: RunChange): Promise<RunDetail>;
  /** Asks a running one to end; its process hears of it with its next report. */
  stopRun(ref: RunRef): Promise<void>;
  /** Does one thing to many runs. */
  changeRuns(ref: ProjectRef, change: BulkChange): Promise<BulkOutcome>;
  /** The columns that a table of the project's runs may have. */
  listColumns(ref: ProjectRef, query: ListColumns, signal?: AbortSignal): Promise<ColumnPage>;
}

export const httpRuns: RunsClient = {
  listRuns: (ref, query, signal) =>
    getJson<RunPage>(`${projectPath(ref)}/runs${withQuery(runsQuery(query))}`, signal),
  getRun: (ref) => getJson<RunDetail>(runPath(ref)),
  getBareRun: (ref) => getJson<BareRun>(`${runPath(ref)}?documents=false`),
  readDocument: (ref, which, query, signal) =>
    getJson<DocumentPage>(`${runPath(ref)}/${which}${withQuery(pageQuery(query))}`, signal),
  updateRun: (ref, change) => sendJson<RunDetail>("PATCH", runPath(ref), change),
  async stopRun(ref) {
    await send("POST", `${runPath(ref)}/stop`);
  },
  changeRuns: (ref, change) =>
    sendJson<BulkOutcome>("POST", `${projectPath(ref)}/runs/bulk`, change),
  listColumns: (ref, query, signal) =>
    getJson<ColumnPage>(`${projectPath(ref)}/columns${withQuery(pageQuery(query))}`, signal),
};

function runsQuery(asked: ListRuns): URLSearchParams {
  const query = pageQuery(asked);
  if (asked.filter) query.set("filter", asked.filter);
  if (asked.sort) query.set("sort", asked.sort);
  for (const id of asked.ids ?? []) query.append("ids", id);
  for (const column of asked.columns ?? []) query.append("columns", column);
  if (asked.sinceSeq !== undefined) query.set("since_seq", String(asked.sinceSeq));
  return query;
}

function pageQuery({ search, cursor, limit }: ListColumns): URLSearchParams {
  const query = new URLSearchParams();
  if (search) query.set("search", search);
  if (cursor) query.set("cursor", cursor);
  if (limit !== undefined) query.set("limit", String(limit));
  return query;
}
