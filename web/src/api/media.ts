/** Media that a run logged: keys, values at steps, histograms over steps, rows of tables. */
import type { ProjectRef, RunRef } from "./client";
import type { components } from "./generated/schema";
import { type FileOwner, getJson, ownerPath, projectPath, runPath, withQuery } from "./transport";

type Schemas = components["schemas"];

export type MediaKey = Schemas["MediaKey"];
export type MediaKeys = Schemas["MediaKeys"];
export type MediaKind = MediaKey["kind"];
export type Media = Schemas["Media"];
export type MediaItem = Schemas["MediaItem"];
export type MediaOverlay = Schemas["Overlay"];
export type MediaValue = Schemas["MediaValue"];
export type MediaSeries = Schemas["MediaSeries"];
export type MediaValues = Schemas["MediaValues"];
export type ProjectMediaKey = Schemas["ProjectMediaKey"];
export type ProjectMediaKeys = Schemas["ProjectMediaKeys"];
export type RunMedia = Schemas["RunMedia"];
export type RunsMedia = Schemas["RunsMedia"];
export type HistogramSeries = Schemas["HistogramSeries"];
export type TablePage = Schemas["TablePage"];

export interface ReadMedia {
  fromStep?: number | undefined;
  toStep?: number | undefined;
  offset?: number | undefined;
  limit?: number | undefined;
}

export interface ReadRunsMedia {
  key: string;
  /** Ids; the first `limit` of those that logged something are read. */
  runs: readonly string[];
  /** The last value up to it; null: the last of each run. */
  step: number | null;
  limit: number;
}

export interface MediaClient {
  /** What the newest runs of the project logged. */
  listProjectMedia(ref: ProjectRef, signal?: AbortSignal): Promise<ProjectMediaKeys>;
  readMediaOfRuns(ref: ProjectRef, asked: ReadRunsMedia, signal?: AbortSignal): Promise<RunsMedia>;
  listMedia(ref: RunRef, signal?: AbortSignal): Promise<MediaKeys>;
  readMedia(
    ref: RunRef,
    keys: readonly string[],
    range: ReadMedia,
    signal?: AbortSignal,
  ): Promise<MediaValues>;
  /** Evenly thinned to `limit`. */
  readHistograms(
    ref: RunRef,
    key: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<HistogramSeries>;
  readTable(
    owner: FileOwner,
    path: string,
    page: { offset: number; limit: number },
    signal?: AbortSignal,
  ): Promise<TablePage>;
}

export const httpMedia: MediaClient = {
  listProjectMedia: (ref, signal) => getJson<ProjectMediaKeys>(`${projectPath(ref)}/media`, signal),
  readMediaOfRuns(ref, { key, runs, step, limit }, signal) {
    const query = new URLSearchParams([["key", key], ...runs.map((run) => ["run", run])]);
    setNumbers(query, { step: step ?? undefined, limit });
    return getJson<RunsMedia>(`${projectPath(ref)}/media/values${withQuery(query)}`, signal);
  },
  listMedia: (ref, signal) => getJson<MediaKeys>(`${runPath(ref)}/media`, signal),
  readMedia(ref, keys, range, signal) {
    const query = new URLSearchParams(keys.map((key) => ["key", key]));
    setNumbers(query, {
      from_step: range.fromStep,
      to_step: range.toStep,
      offset: range.offset,
      limit: range.limit,
    });
    return getJson<MediaValues>(`${runPath(ref)}/media/values${withQuery(query)}`, signal);
  },
  readHistograms(ref, key, limit, signal) {
    const query = new URLSearchParams({ key, limit: String(limit) });
    return getJson<HistogramSeries>(`${runPath(ref)}/media/histograms${withQuery(query)}`, signal);
  },
  readTable(owner, path, page, signal) {
    const query = new URLSearchParams({ path });
    setNumbers(query, page);
    return getJson<TablePage>(`${ownerPath(owner)}/table${withQuery(query)}`, signal);
  },
};

function setNumbers(query: URLSearchParams, numbers: Record<string, number | undefined>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined) query.set(name, String(value));
  }
}
