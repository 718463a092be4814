/** A workspace as pure values: which charts, in which sections, over which x. */
import type { Axis, MetricKey, Stream } from "@/api/types";

export interface PanelKey {
  key: string;
  stream: Stream;
}

export interface Section {
  /** null: keys without a prefix. */
  name: string | null;
  stream: Stream;
  panels: PanelKey[];
}

export interface ChartView {
  axis: Axis;
  isLogY: boolean;
  zoom: readonly [lo: number, hi: number] | null;
}

/**
 * Sections by the part before the first `/`: keys without one first, the rest
 * by name, system metrics last. Runs log many keys that are no curve of
 * interest; those the run hides are left out.
 */
export function buildSections(
  history: readonly MetricKey[],
  system: readonly MetricKey[],
  search: string,
): Section[] {
  const wanted = search.trim().toLowerCase();
  const isWanted = ({ name, kind, hidden }: MetricKey) =>
    kind !== "json" && !hidden && name.toLowerCase().includes(wanted);
  const groups = new Map<string | null, PanelKey[]>();
  for (const { name } of history.filter(isWanted).toSorted(byName)) {
    const slash = name.indexOf("/");
    const prefix = slash > 0 ? name.slice(0, slash) : null;
    groups.set(prefix, [...(groups.get(prefix) ?? []), { key: name, stream: "history" }]);
  }
  const sections: Section[] = [...groups].map(([name, panels]) => ({
    name,
    stream: "history",
    panels,
  }));
  sections.sort((a, b) => (a.name ?? "").localeCompare(b.name ?? ""));
  const systemPanels = system
    .filter(isWanted)
    .toSorted(byName)
    .map(({ name }): PanelKey => ({ key: name, stream: "system" }));
  if (systemPanels.length > 0) {
    sections.push({ name: "system", stream: "system", panels: systemPanels });
  }
  return sections;
}

/** Numbers inside names count as numbers: layer/2 before layer/10. */
function byName(a: MetricKey, b: MetricKey): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}

export function sectionId({ name, stream }: Section): string {
  return stream === "system" ? "system" : (name ?? "");
}

/** System metrics start folded: they matter when something is wrong. */
export function isFoldedByDefault({ stream }: Section): boolean {
  return stream === "system";
}

/** What a panel draws: every point, or how many rows stand behind one bucket. */
export function thinning(series: readonly { exact: boolean; numRows: number; numDrawn: number }[]) {
  const ratios = series
    .filter(({ exact, numDrawn }) => !exact && numDrawn > 0)
    .map(({ numRows, numDrawn }) => numRows / numDrawn);
  if (ratios.length === 0) return null;
  const ratio = Math.max(...ratios);
  return ratio < 10 ? Number(ratio.toFixed(1)) : Math.round(ratio);
}

/**
 * How many buckets to ask for: about one per pixel, in two sizes, so that a
 * slightly resized window finds its series in memory.
 */
export function bucketsFor(width: number): number {
  return width <= 800 ? 800 : 1600;
}
