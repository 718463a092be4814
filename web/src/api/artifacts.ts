/** Artifacts of a project: collections, their versions, what is in them, where they come from. */
import type { ProjectRef, RunRef } from "./client";
import type { components } from "./generated/schema";
import {
  collectionPath,
  getJson,
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
export type VersionChange = Partial<Schemas["UpdateArtifactVersion"]>;

export interface CollectionRef extends ProjectRef {
  collection: string;
}

export interface VersionRef extends CollectionRef {
  /** An alias, `v` and a number, or a digest. */
  version: string;
}

export interface ArtifactsClient {
  listCollections(
    ref: ProjectRef,
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<ArtifactCollectionList>;
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
  listRunArtifacts(ref, signal) {
    const query = new URLSearchParams({ limit: "1000" });
    return getJson(`${runPath(ref)}/artifacts${withQuery(query)}`, signal);
  },
};
