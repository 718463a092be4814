/** Which charts a workspace has, in which sections. Pure; twenty thousand keys are no reason to wait. */
import type { MetricKey } from "@/api/types";
import type { PanelKey } from "./model";

export type SectionKind = "pinned" | "history" | "custom" | "media" | "system";

export interface Section {
  /** Short, stable, and unlike any other section's; the URL remembers folds by it. */
  id: string;
  kind: SectionKind;
  /** What the keys of a history section begin with; null for keys without a prefix. */
  name: string | null;
  readonly numPanels: number;
  /** In their order, into which they are put when they are first asked for. */
  readonly panels: readonly PanelKey[];
  /** In any order, for free; in theirs, where this is not by name. */
  readonly unordered: readonly PanelKey[];
  readonly isByName: boolean;
}

type Heading = Pick<Section, "id" | "kind" | "name">;

export function inOrder({ id, kind, name }: Heading, panels: readonly PanelKey[]): Section {
  return { id, kind, name, numPanels: panels.length, panels, unordered: panels, isByName: false };
}

/** Sorting a hundred thousand names takes a second, and of most sections nobody sees a chart. */
export function byName({ id, kind, name }: Heading, unordered: readonly PanelKey[]): Section {
  let ordered: readonly PanelKey[] | null = null;
  return {
    id,
    kind,
    name,
    numPanels: unordered.length,
    unordered,
    isByName: true,
    get panels() {
      ordered ??= unordered.toSorted((a, b) => natural.compare(a.key, b.key));
      return ordered;
    },
  };
}

/** No prefix begins with an asterisk here: such a one stays in the section without a name. */
export const PINNED = "*pinned";
export const SYSTEM = "*system";
/** Not empty: an address lists the folded sections by their ids. */
const UNGROUPED = "*metrics";

/** Numbers inside names count as numbers: layer/2 before layer/10. */
const natural = new Intl.Collator("en", { numeric: true });

/** What people look at first, first. The rest is in the order of the names. */
const FIRST = [/^\*metrics$/, /^train/i, /^(val|valid|validation|eval|dev)\b/i, /^test/i];

/**
 * All charts: keys without a prefix first, then by the part before the first `/`, system metrics
 * last. What is no curve (media, tables) and what runs asked to hide is left out.
 */
export function buildSections(
  history: readonly MetricKey[],
  system: readonly MetricKey[],
): Section[] {
  const groups = new Map<string, PanelKey[]>();
  for (const { name: key, x } of curvesOf(history)) {
    const prefix = prefixOf(key);
    const panel: PanelKey = { key, stream: "history", ...(x !== null && x !== key && { x }) };
    const group = groups.get(prefix);
    if (group) group.push(panel);
    else groups.set(prefix, [panel]);
  }
  const sections = [...groups].map(([id, panels]) =>
    byName({ id, kind: "history", name: id === UNGROUPED ? null : id }, panels),
  );
  sections.sort(byRank);
  const panels = curvesOf(system).map(({ name: key }): PanelKey => ({ key, stream: "system" }));
  if (panels.length > 0) sections.push(byName({ id: SYSTEM, kind: "system", name: null }, panels));
  return sections;
}

/** The pinned charts above the rest, in the order of pinning; they stay in their sections too. */
export function withPinned(sections: readonly Section[], pinned: readonly string[]): Section[] {
  if (pinned.length === 0) return [...sections];
  const wanted = new Set(pinned);
  const found = sections.flatMap(({ unordered }) =>
    unordered.filter((panel) => wanted.has(panelId(panel))),
  );
  const byId = new Map(found.map((panel) => [panelId(panel), panel]));
  const panels = pinned.flatMap((id) => byId.get(id) ?? []);
  if (panels.length === 0) return [...sections];
  return [inOrder({ id: PINNED, kind: "pinned", name: null }, panels), ...sections];
}

/**
 * One text for each chart: its key; after an asterisk of system metrics, after two of custom charts,
 * after three of media.
 */
export function panelId({ key, stream, chart, media }: PanelKey): string {
  if (chart) return `**${key}`;
  if (media) return `***${key}`;
  return stream === "system" ? `*${key}` : key;
}

/** The charts that a search finds; sections without any are left out. */
export function findPanels(
  sections: readonly Section[],
  isWanted: (key: string) => boolean,
): Section[] {
  return sections.flatMap((section) => {
    const found = section.unordered.filter(({ key }) => isWanted(key));
    if (found.length === section.numPanels) return [section];
    return found.length > 0
      ? [section.isByName ? byName(section, found) : inOrder(section, found)]
      : [];
  });
}

export interface KeySearch {
  isWanted: (key: string) => boolean;
  /** What is wrong with the pattern; everything is wanted until it is right. */
  error: string | null;
}

const EVERYTHING: KeySearch = { isWanted: () => true, error: null };

/** A search for charts: part of a key whatever its case, or `/a pattern/`. */
export function readKeySearch(text: string): KeySearch {
  const wanted = text.trim();
  if (wanted === "") return EVERYTHING;
  const [, pattern] = /^\/(.*)\/$/su.exec(wanted) ?? [];
  if (pattern === undefined) {
    const part = wanted.toLowerCase();
    return { isWanted: (key) => key.toLowerCase().includes(part), error: null };
  }
  try {
    const expression = new RegExp(pattern, "iu");
    return { isWanted: (key) => expression.test(key), error: null };
  } catch (error) {
    return { ...EVERYTHING, error: error instanceof Error ? error.message : String(error) };
  }
}

/** System metrics start folded: they matter when something is wrong. */
export function isFoldedByDefault({ kind }: Section): boolean {
  return kind === "system";
}

function curvesOf(keys: readonly MetricKey[]): MetricKey[] {
  return keys.filter(({ kind, hidden }) => kind !== "json" && !hidden);
}

function prefixOf(key: string): string {
  const slash = key.indexOf("/");
  return slash > 0 && !key.startsWith("*") ? key.slice(0, slash) : UNGROUPED;
}

/** The order of sections of metrics: by what they are looked at for, then by name. */
export function byRank(a: Section, b: Section): number {
  return rank(a.id) - rank(b.id) || natural.compare(a.id, b.id);
}

function rank(id: string): number {
  const found = FIRST.findIndex((pattern) => pattern.test(id));
  return found < 0 ? FIRST.length : found;
}
