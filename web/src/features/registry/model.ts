/** What registries' pages work out by themselves. */
import type { Registry, RegistryChange, RegistryRole } from "@/api/registry";
import type { Happened, Words } from "./words/en";

export const ROLES: readonly RegistryRole[] = ["admin", "member", "viewer", "restricted_viewer"];

export type RegistryTab = "collections" | "members" | "settings" | "changes";

export function readTab(text: string | undefined): RegistryTab {
  switch (text) {
    case "members":
    case "settings":
    case "changes":
      return text;
    default:
      return "collections";
  }
}

export function canLink(role: RegistryRole): boolean {
  return role === "admin" || role === "member";
}

/** Names separated by commas, each once. */
export function readNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Registries by organization, in the order in which they come. */
export function byOrganization(registries: readonly Registry[]): [string, Registry[]][] {
  const groups = new Map<string, Registry[]>();
  for (const registry of registries) {
    const group = groups.get(registry.organization);
    if (group) group.push(registry);
    else groups.set(registry.organization, [registry]);
  }
  return [...groups];
}

/** What happened, as a sentence without its subject. */
export function sentence(change: RegistryChange, words: Words): string {
  const detail = change.detail ?? "";
  const isRole = change.kind === "member_added" || change.kind === "member_changed";
  const role = ROLES.find((one) => one === detail);
  const said: Happened = {
    collection: change.collection ?? "",
    version: numbered(change.version),
    before: numbered(change.before),
    alias: change.alias ?? "",
    source: change.source ?? "",
    member: change.member ?? "",
    detail: isRole && role ? words.roles[role] : detail,
  };
  return words.happened[change.kind](said);
}

function numbered(index: number | null): string {
  return index === null ? "" : `v${index}`;
}

/** The two lines that link to a registry, ready to copy. */
export function linkSnippet(registry: string, collection = "my-collection"): string {
  return `run.link_artifact(artifact, "wandb-registry-${registry}/${collection}")`;
}

export function usingSnippet(registry: string, collection: string, version: string): string {
  return `run.use_artifact("wandb-registry-${registry}/${collection}:${version}")`;
}
