/** Registries: collections of versions that count, whoever logged them. */
import type { VersionRef } from "./artifacts";
import type { components } from "./generated/schema";
import { getJson, send, sendJson, withQuery } from "./transport";

type Schemas = components["schemas"];

export type Registry = Schemas["Registry"];
export type RegistryList = Schemas["RegistryList"];
export type RegistryHome = Schemas["RegistryHome"];
export type RegistryRole = Registry["role"];
export type RegistryVisibility = Registry["visibility"];
export type NewRegistry = Pick<Schemas["CreateRegistry"], "organization" | "name"> &
  Partial<Schemas["CreateRegistry"]>;
export type RegistryUpdate = Partial<Schemas["UpdateRegistry"]>;
export type RegistryCollection = Schemas["RegistryCollection"];
export type CollectionUpdate = Partial<Schemas["UpdateRegistryCollection"]>;
export type RegistryAlias = Schemas["RegistryAlias"];
export type RegistryVersion = Schemas["RegistryVersion"];
export type RegistrySource = NonNullable<RegistryVersion["source"]>;
export type RegistryVersionList = Schemas["RegistryVersionList"];
export type RegistryMember = Schemas["RegistryMember"];
export type RegistryChange = Schemas["RegistryChange"];
export type RegistryChangeKind = RegistryChange["kind"];
export type RegistryChangeList = Schemas["RegistryChangeList"];

export interface RegistryRef {
  organization: string;
  registry: string;
}

export interface LinkedCollectionRef extends RegistryRef {
  collection: string;
}

export interface RegistryClient {
  listRegistries(signal?: AbortSignal): Promise<RegistryList>;
  /** Of all registries that the person sees. */
  searchLinked(search: string, signal?: AbortSignal): Promise<RegistryCollection[]>;
  createRegistry(wanted: NewRegistry): Promise<Registry>;
  getRegistry(ref: RegistryRef, signal?: AbortSignal): Promise<Registry>;
  updateRegistry(ref: RegistryRef, change: RegistryUpdate): Promise<Registry>;
  deleteRegistry(ref: RegistryRef): Promise<void>;
  listLinkedCollections(ref: RegistryRef, signal?: AbortSignal): Promise<RegistryCollection[]>;
  getLinkedCollection(ref: LinkedCollectionRef, signal?: AbortSignal): Promise<RegistryCollection>;
  updateLinkedCollection(
    ref: LinkedCollectionRef,
    change: CollectionUpdate,
  ): Promise<RegistryCollection>;
  deleteLinkedCollection(ref: LinkedCollectionRef): Promise<void>;
  /** The highest number first. */
  listLinkedVersions(
    ref: LinkedCollectionRef,
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<RegistryVersionList>;
  linkVersion(
    ref: LinkedCollectionRef,
    source: VersionRef,
    aliases: readonly string[],
  ): Promise<RegistryVersion>;
  unlinkVersion(ref: LinkedCollectionRef, version: string): Promise<void>;
  /**
   * @param version null takes the alias away.
   * @param expected What it stands for as far as is known: of two who move it, the second is told.
   */
  setLinkedAlias(
    ref: LinkedCollectionRef,
    alias: string,
    version: string | null,
    expected: string,
  ): Promise<RegistryCollection>;
  listRegistryMembers(ref: RegistryRef, signal?: AbortSignal): Promise<RegistryMember[]>;
  setRegistryMember(ref: RegistryRef, member: string, role: RegistryRole): Promise<RegistryMember>;
  removeRegistryMember(ref: RegistryRef, member: string): Promise<void>;
  protectAlias(ref: RegistryRef, alias: string): Promise<void>;
  unprotectAlias(ref: RegistryRef, alias: string): Promise<void>;
  /** The newest first. */
  listRegistryChanges(
    ref: RegistryRef,
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<RegistryChangeList>;
}

export const httpRegistry: RegistryClient = {
  listRegistries: (signal) => getJson("/registries", signal),
  async searchLinked(search, signal) {
    const path = `/registry-collections${withQuery(new URLSearchParams({ search }))}`;
    return (await getJson<Schemas["RegistryCollectionList"]>(path, signal)).collections;
  },
  createRegistry: (wanted) => sendJson("POST", "/registries", wanted),
  getRegistry: (ref, signal) => getJson(registryPath(ref), signal),
  updateRegistry: (ref, change) => sendJson("PATCH", registryPath(ref), change),
  async deleteRegistry(ref) {
    await send("DELETE", registryPath(ref));
  },
  async listLinkedCollections(ref, signal) {
    const path = `${registryPath(ref)}/collections`;
    return (await getJson<Schemas["RegistryCollectionList"]>(path, signal)).collections;
  },
  getLinkedCollection: (ref, signal) => getJson(linkedPath(ref), signal),
  updateLinkedCollection: (ref, change) => sendJson("PATCH", linkedPath(ref), change),
  async deleteLinkedCollection(ref) {
    await send("DELETE", linkedPath(ref));
  },
  listLinkedVersions: (ref, cursor, signal) =>
    getJson(`${linkedPath(ref)}/versions${after(cursor)}`, signal),
  linkVersion: (ref, source, aliases) =>
    sendJson("POST", `${linkedPath(ref)}/versions`, { ...source, aliases }),
  async unlinkVersion(ref, version) {
    await send("DELETE", `${linkedPath(ref)}/versions/${encodeURIComponent(version)}`);
  },
  setLinkedAlias: (ref, alias, version, expected) =>
    sendJson("PUT", `${linkedPath(ref)}/aliases/${encodeURIComponent(alias)}`, {
      version,
      expected,
    }),
  async listRegistryMembers(ref, signal) {
    const path = `${registryPath(ref)}/members`;
    return (await getJson<Schemas["RegistryMemberList"]>(path, signal)).members;
  },
  setRegistryMember: (ref, member, role) => sendJson("PUT", memberPath(ref, member), { role }),
  async removeRegistryMember(ref, member) {
    await send("DELETE", memberPath(ref, member));
  },
  async protectAlias(ref, alias) {
    await send("PUT", protectedPath(ref, alias));
  },
  async unprotectAlias(ref, alias) {
    await send("DELETE", protectedPath(ref, alias));
  },
  listRegistryChanges: (ref, cursor, signal) =>
    getJson(`${registryPath(ref)}/changes${after(cursor)}`, signal),
};

function registryPath({ organization, registry }: RegistryRef): string {
  return `/registries/${encodeURIComponent(organization)}/${encodeURIComponent(registry)}`;
}

function linkedPath(ref: LinkedCollectionRef): string {
  return `${registryPath(ref)}/collections/${encodeURIComponent(ref.collection)}`;
}

function memberPath(ref: RegistryRef, member: string): string {
  return `${registryPath(ref)}/members/${encodeURIComponent(member)}`;
}

function protectedPath(ref: RegistryRef, alias: string): string {
  return `${registryPath(ref)}/protected-aliases/${encodeURIComponent(alias)}`;
}

function after(cursor: string | undefined): string {
  return cursor === undefined ? "" : withQuery(new URLSearchParams({ cursor }));
}
