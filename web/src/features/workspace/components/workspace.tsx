/** The charts of some runs: a toolbar above sections of panels. */
import { type ReactNode, useCallback, useMemo } from "react";
import type { ProjectRef, RunRef } from "@/api/client";
import type { MetricKey } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { useLoggedCharts, withCharts } from "../custom/charts";
import { type GridShape, readGrid } from "../layout";
import { useProjectMedia, withMedia } from "../media/panels";
import type { ChartView, PanelKey } from "../model";
import {
  buildSections,
  findPanels,
  isFoldedByDefault,
  panelId,
  readKeySearch,
  type Section,
  withPinned,
} from "../sections";
import { GridControl } from "./grid-control";
import type { ChartRun, ShownMedia } from "./panel";
import { PanelScreen } from "./panel-screen";
import { SectionList } from "./section-list";
import { Toolbar } from "./toolbar";
import styles from "./workspace.module.css";
import { WorkspaceSkeleton } from "./workspace-skeleton";

/** How a person arranged the charts. */
export interface Arrangement {
  grid: GridShape;
  /** `panelId` of each pinned chart, in the order of pinning. */
  pinned: readonly string[];
  /** The one section that is shown; null for all. */
  only: string | null;
  onGrid: (grid: GridShape) => void;
  onPin: (panel: PanelKey) => void;
  onOnly: (section: string | null) => void;
}

export interface WorkspaceProps {
  project: ProjectRef;
  runs: readonly ChartRun[];
  /** There are runs, and the person has switched off every one of them. */
  isAllHidden: boolean;
  /** undefined while they load. */
  historyKeys: readonly MetricKey[] | undefined;
  systemKeys: readonly MetricKey[] | undefined;
  view: ChartView;
  search: string;
  /** Sections that are not as they are by default. */
  toggled: ReadonlySet<string>;
  /** Without it the charts stand as they come. */
  arrangement?: Arrangement | undefined;
  /** Said instead of charts when there are no metrics. */
  empty: ReactNode;
  error: ReactNode;
  onView: (change: Partial<ChartView>) => void;
  onSearch: (text: string) => void;
  /** Takes a run out of all charts; left out where runs cannot be chosen. */
  onHideRun?: ((run: string) => void) | undefined;
  onSoloRun?: ((run: string) => void) | undefined;
  onToggle: (section: string) => void;
  /** A table that a run saved as a file, for charts that cannot be drawn. */
  renderTable?: ((run: RunRef, path: string, version: string | null) => ReactNode) | undefined;
  /** Media of the runs beside each other; left out where they have a page of their own. */
  renderMedia?: ((shown: ShownMedia) => ReactNode) | undefined;
}

const AS_IT_COMES = readGrid(undefined);
const NO_KEYS: readonly MetricKey[] = [];
const NONE: readonly string[] = [];
const NO_PANELS: readonly PanelKey[] = [];

export function Workspace(props: WorkspaceProps) {
  const { historyKeys, systemKeys, search, view, toggled, arrangement } = props;
  const m = useMessages();
  const { grid = AS_IT_COMES, pinned = NONE, only = null } = arrangement ?? {};
  const curves = useMemo(
    () => historyKeys && buildSections(historyKeys, systemKeys ?? NO_KEYS),
    [historyKeys, systemKeys],
  );
  const charts = useLoggedCharts(props.project, props.runs);
  const media = useProjectMedia(props.project, historyKeys, props.renderMedia !== undefined);
  const all = useMemo(
    () => curves && withPinned(withMedia(withCharts(curves, charts), media, charts), pinned),
    [curves, charts, media, pinned],
  );
  const { isWanted, error: searchError } = useMemo(() => readKeySearch(search), [search]);
  const found = useMemo(() => {
    const sections = all?.filter(({ id }) => only === null || id === only) ?? [];
    return search === "" ? sections : findPanels(sections, isWanted);
  }, [all, only, search, isWanted]);
  const isFolded = useCallback(
    (section: Section) =>
      // A search shows what it finds, and a lone section is wanted, folded or not.
      search === "" && only === null && isFoldedByDefault(section) !== toggled.has(section.id),
    [search, only, toggled],
  );
  const pinnedIds = useMemo(() => new Set(pinned), [pinned]);

  const isEnlarged = view.enlarged !== null;
  const panels = useMemo(() => (isEnlarged ? uniquePanels(found) : NO_PANELS), [found, isEnlarged]);
  const isCovered = panels.some((panel) => panelId(panel) === view.enlarged);
  const panelProps = { ...props, onPinPanel: arrangement?.onPin };
  const hasKeys = all !== undefined && all.length > 0;
  return (
    <section className={styles.workspace}>
      <Toolbar
        view={view}
        search={search}
        keys={historyKeys}
        onView={props.onView}
        onSearch={props.onSearch}
      >
        {arrangement && <GridControl grid={grid} onGrid={arrangement.onGrid} />}
      </Toolbar>
      <div className={styles.stage}>
        <SectionList
          {...panelProps}
          sections={found}
          grid={grid}
          pinned={pinnedIds}
          only={only}
          isFolded={isFolded}
          isCovered={isCovered}
          onFold={props.onToggle}
          onOnly={arrangement?.onOnly}
        >
          {props.error ?? (!all && <WorkspaceSkeleton />)}
          {all && !hasKeys && props.empty}
          {searchError !== null && (
            <p className={styles.banner} role="status">
              <strong>{m.sections.badPattern}</strong> {searchError}
            </p>
          )}
          {hasKeys && found.length === 0 && (
            <Notice
              title={search === "" ? m.sections.gone : m.workspace.noMatch(search)}
              action={
                only !== null && (
                  <Button onClick={() => arrangement?.onOnly(null)}>{m.sections.all}</Button>
                )
              }
            />
          )}
          {hasKeys && props.isAllHidden && (
            <p className={styles.banner}>
              <strong>{m.workspace.nothingShown}.</strong> {m.workspace.nothingShownHint}
            </p>
          )}
        </SectionList>
        <PanelScreen {...panelProps} panels={panels} sections={found} pinned={pinnedIds} />
      </div>
    </section>
  );
}

/** In the order of the sections; a pinned chart stands in its own too. */
function uniquePanels(sections: readonly Section[]): PanelKey[] {
  const byId = new Map(
    sections.flatMap(({ panels }) => panels.map((panel) => [panelId(panel), panel])),
  );
  return [...byId.values()];
}
