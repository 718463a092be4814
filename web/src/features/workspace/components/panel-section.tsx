import type { ProjectRef } from "@/api/client";
import type { Domain } from "@/charts/line/types";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import type { ChartView, PanelKey, Section } from "../model";
import { type ChartRun, Panel } from "./panel";
import styles from "./workspace.module.css";

interface PanelSectionProps {
  section: Section;
  isFolded: boolean;
  onFold: () => void;
  project: ProjectRef;
  runs: readonly ChartRun[];
  view: ChartView;
  onZoom: (range: Domain | null) => void;
  onEnlarge: (panel: PanelKey | null) => void;
}

export function PanelSection({ section, isFolded, onFold, ...panelProps }: PanelSectionProps) {
  const m = useMessages();
  const { panels, stream } = section;
  const name = stream === "system" ? m.workspace.system : (section.name ?? m.workspace.ungrouped);
  return (
    <section aria-label={m.workspace.section(name, panels.length)}>
      <h2 className={styles.sectionHeader}>
        <button
          type="button"
          className={classNames(styles.fold, !isFolded && styles.unfolded)}
          aria-expanded={!isFolded}
          onClick={onFold}
        >
          <Icon name="chevron" size={12} />
          <span className={styles.sectionName}>{name}</span>
          <span className={styles.sectionCount}>{panels.length}</span>
        </button>
      </h2>
      {!isFolded && (
        <div className={styles.grid}>
          {panels.map((panel) => (
            <Panel key={panel.key} {...panelProps} panel={panel} isEnlarged={false} />
          ))}
        </div>
      )}
    </section>
  );
}
