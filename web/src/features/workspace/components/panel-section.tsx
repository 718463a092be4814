import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import type { Section } from "../model";
import type { PanelProps } from "./panel";
import { PanelGrid } from "./panel-grid";
import styles from "./workspace.module.css";

interface PanelSectionProps extends Omit<PanelProps, "panel" | "isEnlarged"> {
  section: Section;
  isFolded: boolean;
  onFold: () => void;
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
      {!isFolded && <PanelGrid {...panelProps} panels={panels} />}
    </section>
  );
}
