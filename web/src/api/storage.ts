/** What data costs, what deleting some of it would free, and which versions are kept. */
import type { CollectionRef } from "./artifacts";
import type { ProjectRef } from "./client";
import type { components } from "./generated/schema";
import { collectionPath, getJson, projectPath, send, sendJson } from "./transport";

type Schemas = components["schemas"];

export type Sizes = Schemas["Sizes"];
export type ArtifactSizes = Schemas["ArtifactSizes"];
export type ServerStorage = Schemas["ServerStorage"];
export type StoredProject = Schemas["StoredProject"];
export type ProjectStorage = Schemas["ProjectStorage"];
export type StoredRun = Schemas["StoredRun"];
export type StoredCollection = Schemas["StoredCollection"];
export type FreedSpace = Schemas["FreedSpace"];
export type Chosen = Partial<Schemas["ChosenStorage"]>;
export type RetentionRule = Schemas["RetentionRule"];
export type RetentionPreview = Schemas["RetentionPreview"];
export type JudgedVersion = Schemas["JudgedVersion"];
export type CollectionRetention = Schemas["CollectionRetention"];
export type ProjectRetention = Schemas["ProjectRetention"];
export type RetentionDeletionList = Schemas["RetentionDeletionList"];

/** Which collections a rule of a project is for; null for any. */
export interface RuleScope {
  type: string | null;
  name: string | null;
}

/** Where a rule is kept: with a collection, or with a project (and a number once it is there). */
export type RulePlace =
  | { collection: CollectionRef }
  | { project: ProjectRef; scope: RuleScope; rule: number | null };

export interface RuleChange {
  text: string;
  is_on: boolean;
  /** Of the preview that was looked at. */
  seen: string | null;
  even_if_nothing_is_kept: boolean;
}

export interface StorageClient {
  /** For administrators. */
  getServerStorage(): Promise<ServerStorage>;
  getEntityStorage(entity: string): Promise<StoredProject[]>;
  /** The largest runs, and all collections. */
  getProjectStorage(ref: ProjectRef, limit: number): Promise<ProjectStorage>;
  previewFreed(ref: ProjectRef, chosen: Chosen, signal?: AbortSignal): Promise<FreedSpace>;
  getCollectionRetention(ref: CollectionRef): Promise<CollectionRetention>;
  getProjectRetention(ref: ProjectRef): Promise<ProjectRetention>;
  /** Seconds, 0 for ever, null for what the user or team says. */
  setProjectTtl(ref: ProjectRef, seconds: number | null): Promise<ProjectRetention>;
  listDeletions(ref: ProjectRef): Promise<RetentionDeletionList>;
  previewRule(place: RulePlace, text: string, signal?: AbortSignal): Promise<RetentionPreview>;
  setRule(place: RulePlace, change: RuleChange): Promise<RetentionRule>;
  deleteRule(place: RulePlace): Promise<void>;
}

export const httpStorage: StorageClient = {
  getServerStorage: () => getJson("/storage"),
  async getEntityStorage(entity) {
    const path = `/entities/${encodeURIComponent(entity)}/storage`;
    return (await getJson<Schemas["EntityStorage"]>(path)).projects;
  },
  getProjectStorage: (ref, limit) => getJson(`${projectPath(ref)}/storage?limit=${limit}`),
  async previewFreed(ref, chosen, signal) {
    const path = `${projectPath(ref)}/storage/would-free`;
    return (await send("POST", path, { json: chosen, signal })).json();
  },
  getCollectionRetention: (ref) => getJson(`${collectionPath(ref)}/retention`),
  getProjectRetention: (ref) => getJson(`${projectPath(ref)}/retention`),
  setProjectTtl: (ref, seconds) =>
    sendJson("PUT", `${projectPath(ref)}/retention`, { default_ttl_s: seconds }),
  listDeletions: (ref) => getJson(`${projectPath(ref)}/retention/deletions`),
  async previewRule(place, text, signal) {
    const [path, scope] =
      "collection" in place
        ? [collectionPath(place.collection), {}]
        : [projectPath(place.project), place.scope];
    const sending = { json: { text, ...scope }, signal };
    return (await send("POST", `${path}/retention/preview?limit=500`, sending)).json();
  },
  setRule(place, change) {
    if ("collection" in place) return sendJson("PUT", rulePath(place), change);
    const body = { ...change, ...place.scope };
    return sendJson(place.rule === null ? "POST" : "PUT", rulePath(place), body);
  },
  async deleteRule(place) {
    await send("DELETE", rulePath(place));
  },
};

function rulePath(place: RulePlace): string {
  if ("collection" in place) return `${collectionPath(place.collection)}/retention`;
  const rules = `${projectPath(place.project)}/retention/rules`;
  return place.rule === null ? rules : `${rules}/${place.rule}`;
}
