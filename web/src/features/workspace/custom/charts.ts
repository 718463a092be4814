/** The custom charts of the runs that are shown, and the sections that they stand in. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ProjectRef, useClient } from "@/api/client";
import type { LoggedChart } from "@/api/custom-charts";
import type { PanelKey } from "../model";
import { byRank, inOrder, type Section } from "../sections";

/** Charts of more runs than these would not be drawn anyway. */
const MAX_RUNS = 100;
/** No prefix begins with an asterisk: `sections.ts`. */
const CUSTOM = "*charts";
const NONE: readonly LoggedChart[] = [];

/** Asked again with the keys: runs may have logged charts that they never logged before. */
export function useLoggedCharts({ entity, project }: ProjectRef, runs: readonly { id: string }[]) {
  const client = useClient();
  const ids = runs.slice(0, MAX_RUNS).map(({ id }) => id);
  const { data } = useQuery({
    queryKey: ["keys", entity, project, "charts", ids],
    queryFn: ({ signal }) => client.listLoggedCharts({ entity, project }, ids, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const charts = data?.charts ?? NONE;
  return useMemo(() => oneByKey(charts), [charts]);
}

/** Where runs differ about a key, it is drawn as the first of them says. */
export function oneByKey(charts: readonly LoggedChart[]): LoggedChart[] {
  const byKey = new Map<string, LoggedChart>();
  for (const chart of charts) {
    const first = byKey.get(chart.key);
    const runs = first?.table === chart.table ? chart.runs : [];
    byKey.set(chart.key, first ? { ...first, runs: [...first.runs, ...runs] } : chart);
  }
  return [...byKey.values()];
}

/** In the section of their prefix, after its curves; those without one below all that have one. */
export function withCharts(
  sections: readonly Section[],
  charts: readonly LoggedChart[],
): readonly Section[] {
  if (charts.length === 0) return sections;
  const groups = new Map<string, PanelKey[]>();
  for (const chart of charts) {
    const slash = chart.key.indexOf("/");
    const id = slash > 0 && !chart.key.startsWith("*") ? chart.key.slice(0, slash) : CUSTOM;
    const group = groups.get(id) ?? [];
    group.push({ key: chart.key, stream: "history", chart });
    groups.set(id, group);
  }
  const found = sections.map((section) => {
    const own = section.kind === "history" ? groups.get(section.id) : undefined;
    if (own) groups.delete(section.id);
    return own ? joined(section, own) : section;
  });
  const rest = [...groups].map(([id, panels]) =>
    inOrder(
      id === CUSTOM ? { id, kind: "custom", name: null } : { id, kind: "history", name: id },
      panels,
    ),
  );
  const ofKind = (wanted: Section["kind"]) =>
    [...found, ...rest].filter(({ kind }) => kind === wanted);
  return [...ofKind("history").sort(byRank), ...ofKind("custom"), ...ofKind("system")];
}

/** As lazy as the section is. */
function joined(section: Section, own: readonly PanelKey[]): Section {
  const { id, kind, name, numPanels, unordered } = section;
  let panels: readonly PanelKey[] | null = null;
  return {
    id,
    kind,
    name,
    numPanels: numPanels + own.length,
    isByName: false,
    unordered: [...unordered, ...own],
    get panels() {
      panels ??= [...section.panels, ...own];
      return panels;
    },
  };
}
