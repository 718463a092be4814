/** The charts of some runs: a toolbar above sections of panels. */
import { type ReactNode, useState } from "react";
import type { ProjectRef } from "@/api/client";
import type { MetricKey } from "@/api/types";
import type { Domain } from "@/charts/line/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { Notice } from "@/ui/notice";
import {
  buildSections,
  type ChartView,
  isFoldedByDefault,
  type PanelKey,
  sectionId,
} from "../model";
import { type ChartRun, Panel } from "./panel";
import { PanelSection } from "./panel-section";
import { Toolbar } from "./toolbar";
import styles from "./workspace.module.css";
import { WorkspaceSkeleton } from "./workspace-skeleton";

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
  /** Said instead of charts when there are no metrics. */
  empty: ReactNode;
  error: ReactNode;
  onView: (change: Partial<ChartView>) => void;
  onSearch: (text: string) => void;
  onToggle: (section: string) => void;
}

export function Workspace(props: WorkspaceProps) {
  const { historyKeys, systemKeys, search, view, toggled } = props;
  const m = useMessages();
  const [enlarged, setEnlarged] = useState<PanelKey | null>(null);
  const shrink = () => setEnlarged(null);
  useShortcuts(enlarged ? { Escape: { does: m.chart.shrink, run: shrink } } : {});

  const onZoom = (zoom: Domain | null) => props.onView({ zoom });
  const panelProps = { ...props, onZoom, onEnlarge: setEnlarged };
  const hasKeys = (historyKeys?.length ?? 0) + (systemKeys?.length ?? 0) > 0;
  const sections = historyKeys && buildSections(historyKeys, systemKeys ?? [], search);
  return (
    <section className={styles.workspace}>
      <Toolbar view={view} search={search} onView={props.onView} onSearch={props.onSearch} />
      <div className={styles.stage}>
        <div className={styles.scroller} inert={enlarged !== null}>
          {props.error ?? (!sections && <WorkspaceSkeleton />)}
          {sections && !hasKeys && props.empty}
          {hasKeys && sections?.length === 0 && <Notice title={m.workspace.noMatch(search)} />}
          {hasKeys && props.isAllHidden && (
            <p className={styles.banner}>
              <strong>{m.workspace.nothingShown}.</strong> {m.workspace.nothingShownHint}
            </p>
          )}
          {sections?.map((section) => {
            const id = sectionId(section);
            // A search shows what it finds, folded or not.
            const isFolded = search === "" && isFoldedByDefault(section) !== toggled.has(id);
            return (
              <PanelSection
                {...panelProps}
                key={`${section.stream} ${id}`}
                section={section}
                isFolded={isFolded}
                onFold={() => props.onToggle(id)}
              />
            );
          })}
        </div>
        {enlarged && (
          <div className={styles.lightbox}>
            <Panel {...panelProps} panel={enlarged} isEnlarged />
          </div>
        )}
      </div>
    </section>
  );
}
