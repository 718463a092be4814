/** The charts of some runs: a toolbar above sections of panels. */
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { ProjectRef } from "@/api/client";
import type { MetricKey } from "@/api/types";
import type { Domain } from "@/charts/line/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { type GridShape, readGrid } from "../layout";
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
import { type ChartRun, Panel } from "./panel";
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
  onToggle: (section: string) => void;
}

const AS_IT_COMES = readGrid(undefined);
const NO_KEYS: readonly MetricKey[] = [];
const NONE: readonly string[] = [];

export function Workspace(props: WorkspaceProps) {
  const { historyKeys, systemKeys, search, view, toggled, arrangement } = props;
  const m = useMessages();
  const [enlarged, setEnlarged] = useState<PanelKey | null>(null);
  const shrink = () => setEnlarged(null);
  useShortcuts(enlarged ? { Escape: { does: m.chart.shrink, run: shrink } } : {});

  const { grid = AS_IT_COMES, pinned = NONE, only = null } = arrangement ?? {};
  const all = useMemo(
    () => historyKeys && withPinned(buildSections(historyKeys, systemKeys ?? NO_KEYS), pinned),
    [historyKeys, systemKeys, pinned],
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

  const onZoom = (zoom: Domain | null) => props.onView({ zoom });
  const panelProps = {
    ...props,
    onZoom,
    onEnlarge: setEnlarged,
    onPinPanel: arrangement?.onPin,
  };
  const hasKeys = all !== undefined && all.length > 0;
  return (
    <section className={styles.workspace}>
      <Toolbar view={view} search={search} onView={props.onView} onSearch={props.onSearch}>
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
          isCovered={enlarged !== null}
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
        {enlarged && (
          <div className={styles.lightbox}>
            <Panel
              {...panelProps}
              panel={enlarged}
              isPinned={pinnedIds.has(panelId(enlarged))}
              isEnlarged
            />
          </div>
        )}
      </div>
    </section>
  );
}
