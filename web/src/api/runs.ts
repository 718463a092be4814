/** Runs of a project: lists, one, and what people change about them. */
import type { ProjectRef, RunRef } from "./client";
import { getJson, projectPath, runPath, send, sendJson, withQuery } from "./transport";
import type { RunChange, RunDetail, RunPage } from "./types";

export interface ListRuns {
  search?: string | undefined;
  /** In the filter language. */
  filter?: string | undefined;
  /** Keys separated by commas, `-` for high to low; newest first if left out. */
  sort?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
  /** Only runs changed after this sequence number. */
  sinceSeq?: number | undefined;
}

export interface RunsClient {
  listRuns(ref: ProjectRef, query: ListRuns, signal?: AbortSignal): Promise<RunPage>;
  getRun(ref: RunRef): Promise<RunDetail>;
  /** What is left out stays. */
  updateRun(ref: RunRef, change: RunChange): Promise<RunDetail>;
  /** Asks a running one to end; its process hears of it with its next report. */
  stopRun(ref: RunRef): Promise<void>;
}

export const httpRuns: RunsClient = {
  listRuns: (ref, query, signal) =>
    getJson<RunPage>(`${projectPath(ref)}/runs${withQuery(runsQuery(query))}`, signal),
  getRun: (ref) => getJson<RunDetail>(runPath(ref)),
  updateRun: (ref, change) => sendJson<RunDetail>("PATCH", runPath(ref), change),
  async stopRun(ref) {
    await send("POST", `${runPath(ref)}/stop`);
  },
};

function runsQuery({ search, filter, sort, cursor, limit, sinceSeq }: ListRuns): URLSearchParams {
  const query = new URLSearchParams();
  if (search) query.set("search", search);
  if (filter) query.set("filter", filter);
  if (sort) query.set("sort", sort);
  if (cursor) query.set("cursor", cursor);
  if (limit !== undefined) query.set("limit", String(limit));
  if (sinceSeq !== undefined) query.set("since_seq", String(sinceSeq));
  return query;
}
