/** Artifacts of a project: collections, their versions, what is in them, where they come from. */
import type { ProjectRef, RunRef } from "./client";
import type { components } from "./generated/schema";
import {
  collectionPath,
  getJson,
  ownerPath,
  projectPath,
  runPath,
  send,
  sendJson,
  versionPath,
  withQuery,
} from "./transport";

type Schemas = components["schemas"];

export type ArtifactType = Schemas["ArtifactType"];
export type ArtifactCollection = Schemas["ArtifactCollection"];
export type ArtifactCollectionList = Schemas["ArtifactCollectionList"];
export type ArtifactVersion = Schemas["ArtifactVersion"];
export type ArtifactVersionList = Schemas["ArtifactVersionList"];
export type ArtifactVersionDetail = Schemas["ArtifactVersionDetail"];
export type ArtifactRun = Schemas["ArtifactRun"];
export type RunArtifacts = Schemas["RunArtifacts"];
export type Lineage = Schemas["Lineage"];
export type LineageNode = Schemas["LineageNode"];
export type ArtifactDiff = Schemas["ArtifactDiff"];
export type ArtifactFile = Schemas["ArtifactFile"];
export type ArtifactFileChange = Schemas["ArtifactFileChange"];
export type FileChangeKind = ArtifactFileChange["change"];
export type TableDiffPage = Schemas["TableDiffPage"];
export type RowChange = Schemas["RowChange"];
export type ArtifactMetrics = Schemas["ArtifactMetrics"];
export type ArtifactCollectionDetail = Schemas["ArtifactCollectionDetail"];
export type CollectionChange = Schemas["UpdateArtifactCollection"];
export type VersionChange = Partial<Schemas["UpdateArtifactVersion"]>;

export interface CollectionRef extends ProjectRef {
  collection: string;
}

export interface VersionRef extends CollectionRef {
  /** An alias, `v` and a number, or a digest. */
  version: string;
}

/** Two versions by their short names: `v3`, `name:v3`, `entity/project/name:v3`. */
export interface Pair {
  from: string;
  to: string;
}

export interface FindChanges {
  change?: FileChangeKind | undefined;
  search?: string | undefined;
  cursor?: string | undefined;
}

export interface FindRows {
  path: string;
  /** In the version before, where it had another name. */
  oldPath?: string | undefined;
  /** Column to join by; null joins by place, undefined leaves it to the server. */
  key?: string | null | undefined;
  offset: number;
  limit: number;
}

export interface FindLineage {
  depth: number;
  direction: LineageDirection;
}

export type LineageDirection = "upstream" | "downstream" | "both";

export interface ArtifactsClient {
  listCollections(
    ref: ProjectRef,
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<ArtifactCollectionList>;
  changeCollection(ref: CollectionRef, change: CollectionChange): Promise<ArtifactCollectionDetail>;
  deleteCollection(ref: CollectionRef): Promise<void>;
  /** The highest number first. */
  listVersions(
    ref: CollectionRef,
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<ArtifactVersionList>;
  getVersion(ref: VersionRef, signal?: AbortSignal): Promise<ArtifactVersionDetail>;
  changeVersion(ref: VersionRef, change: VersionChange): Promise<ArtifactVersionDetail>;
  /** With its aliases. There is no way back. */
  deleteVersion(ref: VersionRef): Promise<void>;
  /** Files that differ, a page at a time. */
  diffVersions(
    at: CollectionRef,
    pair: Pair,
    find: FindChanges,
    signal?: AbortSignal,
  ): Promise<ArtifactDiff>;
  /** Rows that differ of a table in both versions. */
  diffTables(
    at: CollectionRef,
    pair: Pair,
    find: FindRows,
    signal?: AbortSignal,
  ): Promise<TableDiffPage>;
  readLineage(of: VersionRef | RunRef, find: FindLineage, signal?: AbortSignal): Promise<Lineage>;
  /** @param metrics `metadata.KEY` or `summary.KEY`; none: the first ones there are. */
  readMetrics(
    ref: CollectionRef,
    metrics: readonly string[],
    signal?: AbortSignal,
  ): Promise<ArtifactMetrics>;
  /** What a run used and logged. */
  listRunArtifacts(ref: RunRef, signal?: AbortSignal): Promise<RunArtifacts>;
}

const MAX_COLLECTIONS = "5000";

export const httpArtifacts: ArtifactsClient = {
  listCollections(ref, cursor, signal) {
    const query = new URLSearchParams({ limit: MAX_COLLECTIONS });
    if (cursor !== undefined) query.set("cursor", cursor);
    return getJson(`${projectPath(ref)}/artifacts${withQuery(query)}`, signal);
  },
  changeCollection: (ref, change) => sendJson("PATCH", collectionPath(ref), change),
  async deleteCollection(ref) {
    await send("DELETE", collectionPath(ref));
  },
  listVersions(ref, cursor, signal) {
    const query = new URLSearchParams(cursor === undefined ? {} : { cursor });
    return getJson(`${collectionPath(ref)}/versions${withQuery(query)}`, signal);
  },
  getVersion: (ref, signal) => getJson(versionPath(ref), signal),
  changeVersion: (ref, change) => sendJson("PATCH", versionPath(ref), change),
  async deleteVersion(ref) {
    await send("DELETE", `${versionPath(ref)}?aliases=true`);
  },
  diffVersions(at, pair, { change, search, cursor }, signal) {
    const query = new URLSearchParams({ ...pair });
    if (change !== undefined) query.set("change", change);
    if (search) query.set("search", search);
    if (cursor !== undefined) query.set("cursor", cursor);
    return getJson(`${collectionPath(at)}/diff${withQuery(query)}`, signal);
  },
  diffTables(at, pair, { path, oldPath, key, offset, limit }, signal) {
    const query = new URLSearchParams({ ...pair, path });
    if (oldPath !== undefined) query.set("old_path", oldPath);
    if (key === null) query.set("by_place", "true");
    else if (key !== undefined) query.set("key", key);
    query.set("offset", String(offset));
    query.set("limit", String(limit));
    return getJson(`${collectionPath(at)}/diff/table${withQuery(query)}`, signal);
  },
  readLineage(of, { depth, direction }, signal) {
    const query = new URLSearchParams({ depth: String(depth), direction });
    return getJson(`${ownerPath(of)}/lineage${withQuery(query)}`, signal);
  },
  readMetrics(ref, metrics, signal) {
    const query = new URLSearchParams(metrics.map((name) => ["metric", name]));
    return getJson(`${collectionPath(ref)}/metrics${withQuery(query)}`, signal);
  },
  listRunArtifacts(ref, signal) {
    const query = new URLSearchParams({ limit: "1000" });
    return getJson(`${runPath(ref)}/artifacts${withQuery(query)}`, signal);
  },
};
