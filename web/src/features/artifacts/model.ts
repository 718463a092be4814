/** What the pages of artifacts show, as values. Pure. */
import type {
  ArtifactCollection,
  ArtifactCollectionList,
  ArtifactVersion,
  CollectionRef,
} from "@/api/artifacts";
import type { ProjectRef } from "@/api/client";
import { readSpecialFloat } from "@/lib/float";
import { formatNumber } from "@/lib/format";

/** Parts of a version's page. */
export const TABS = ["overview", "files", "lineage"] as const;
export type Tab = (typeof TABS)[number];

/** Pages of a collection. */
export const COLLECTION_PAGES = ["versions", "metrics", "compare"] as const;
export type CollectionPage = (typeof COLLECTION_PAGES)[number];

export interface CollectionGroup {
  type: string;
  collections: readonly ArtifactCollection[];
}

/** Whether clients log artifacts of that type by themselves, one or more with every run. */
export function isMadeByClients(type: string): boolean {
  return type === "run_table" || type === "code" || type === "job" || type.startsWith("wandb-");
}

/**
 * Collections by type, those that nobody searched for left out; types without any too. What clients
 * make by themselves comes last.
 */
export function groupCollections(
  { types, collections }: Pick<ArtifactCollectionList, "types" | "collections">,
  search: string,
): CollectionGroup[] {
  const wanted = search.trim().toLocaleLowerCase();
  const isFound = ({ name, type }: ArtifactCollection) =>
    name.toLocaleLowerCase().includes(wanted) || type.toLocaleLowerCase().includes(wanted);
  const asked = types.filter(({ name }) => !isMadeByClients(name));
  const unasked = types.filter(({ name }) => isMadeByClients(name));
  return [...asked, ...unasked]
    .map(({ name }) => ({
      type: name,
      collections: collections.filter((one) => one.type === name && isFound(one)),
    }))
    .filter((group) => group.collections.length > 0);
}

/** How Python code names a version. */
export function versionName(ref: CollectionRef, index: number): string {
  return `${ref.entity}/${ref.project}/${ref.collection}:v${index}`;
}

/** With the wandb client: downloads the version, and notes that a run used it. */
export function wandbCode(version: ArtifactVersion): string {
  const name = versionName(version, version.index);
  return [
    "import wandb",
    "",
    `run = wandb.init(project=${pythonText(version.project)})`,
    "artifact = run.use_artifact(",
    `    ${pythonText(name)}`,
    ")",
    "folder = artifact.download()",
  ].join("\n");
}

/** With the Runstone client, without a run. */
export function runstoneCode(version: ArtifactVersion): string {
  const name = versionName(version, version.index);
  return [
    "import runstone",
    "",
    `version = runstone.Api().artifact(${pythonText(name)})`,
    "folder = version.download()",
  ].join("\n");
}

/** In a shell. */
export function shellCode(version: ArtifactVersion): string {
  return `runstone artifact get ${shellText(versionName(version, version.index))}`;
}

function shellText(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Lines of Python that make a project's first artifact. */
export function firstArtifactCode({ project }: ProjectRef): string {
  return [
    `run = wandb.init(project=${pythonText(project)})`,
    'artifact = wandb.Artifact("my-data", type="dataset")',
    'artifact.add_file("data.csv")',
    "run.log_artifact(artifact)",
  ].join("\n");
}

function pythonText(text: string): string {
  return JSON.stringify(text);
}

const MAX_FACTS = 8;

/** The plain values of a version's metadata in a line: `acc 0.93 · epochs 3`. */
export function metadataLine(metadata: Readonly<Record<string, unknown>>): string {
  return Object.entries(metadata)
    .slice(0, MAX_FACTS)
    .map(([key, value]) => `${key} ${plainText(value)}`.trim())
    .join(" · ");
}

function plainText(value: unknown): string {
  const special = readSpecialFloat(value);
  if (special !== null) return formatNumber(special);
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value;
  if (value === null || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "[…]" : "{…}";
}

/** `v3`, whatever alias the address has. */
export function numberOf({ index }: { index: number }): string {
  return `v${index}`;
}

/** The part of a version's page that an address names, and what follows: a file's path. */
export function readTab(splat: string): { tab: Tab; path: string } {
  const [first = "", ...rest] = splat.split("/");
  const tab = TABS.find((each) => each === first) ?? "overview";
  return { tab, path: tab === "files" ? rest.join("/") : "" };
}
