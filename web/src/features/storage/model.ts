/** What is stored, as pages show it. Pure. */
import type {
  ArtifactSizes,
  Chosen,
  JudgedVersion,
  RetentionPreview,
  Sizes,
  StoredProject,
} from "@/api/storage";

/** Kinds of data in the order in which bars stack them; artifacts are counted apart by the server. */
export const KINDS = [
  "history",
  "system",
  "console",
  "media",
  "files",
  "documents",
  "artifacts",
  "trash",
] as const;

export type Kind = (typeof KINDS)[number];

export type Bytes = Readonly<Record<Kind, number>>;

export function bytesOf(sizes: Sizes, artifacts?: ArtifactSizes, trash?: Sizes): Bytes {
  const { history, system, console, media, files, documents } = sizes;
  return {
    history,
    system,
    console,
    media,
    files,
    documents,
    artifacts: artifacts?.stored_bytes ?? 0,
    trash: trash?.total ?? 0,
  };
}

export function totalOf(bytes: Bytes): number {
  return KINDS.reduce((sum, kind) => sum + bytes[kind], 0);
}

export function bytesOfProject(project: StoredProject): Bytes {
  return bytesOf(project.sizes, project.artifacts, project.trash);
}

export function sumOf(all: readonly Bytes[]): Bytes {
  const sum = { ...EMPTY };
  for (const one of all) for (const kind of KINDS) sum[kind] += one[kind];
  return sum;
}

const EMPTY: Bytes = {
  history: 0,
  system: 0,
  console: 0,
  media: 0,
  files: 0,
  documents: 0,
  artifacts: 0,
  trash: 0,
};

/** Runs by id and collections by name. */
export interface Selection {
  runs: ReadonlySet<string>;
  collections: ReadonlySet<string>;
}

export const NOTHING: Selection = { runs: new Set(), collections: new Set() };

export function toggled(
  selection: Selection,
  what: keyof Selection,
  name: string,
  isOn: boolean,
): Selection {
  const changed = new Set(selection[what]);
  if (isOn) changed.add(name);
  else changed.delete(name);
  return { ...selection, [what]: changed };
}

export function countOf({ runs, collections }: Selection): number {
  return runs.size + collections.size;
}

export function chosenOf({ runs, collections }: Selection): Chosen {
  return { runs: [...runs].sort(), collections: [...collections].sort() };
}

/** What a rule may be begun with; each is a line of its own. */
export const TEMPLATES = [
  "keep newest 5",
  'keep best 3 by min(summary["val/loss"])',
  "keep younger than 30d",
  "keep with alias",
  "keep with tag",
  "keep where metadata.acc > 0.9",
] as const;

export function withPart(text: string, part: string): string {
  const before = text.trimEnd();
  return before === "" ? part : `${before}\n${part}`;
}

/** Which part of the rule keeps a version, as it is written. */
export function partOf(preview: RetentionPreview, version: JudgedVersion): string | null {
  return version.part === null ? null : (preview.parts[version.part]?.text ?? null);
}

export const DAY_S = 86_400;

/** Days of a time to live as people write them; null for what is none. */
export function readDays(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text.trim())) return null;
  const seconds = Math.round(Number(text) * DAY_S);
  return seconds > 0 && seconds <= 100 * 365 * DAY_S ? seconds : null;
}

export function daysText(seconds: number): string {
  return String(Math.round((seconds / DAY_S) * 100) / 100);
}
