import { memo } from "react";
import { classNames } from "@/lib/class-names";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import type { GridShape } from "../layout";
import type { Section } from "../sections";
import type { PanelProps } from "./panel";
import { PanelGrid } from "./panel-grid";
import { useSectionName } from "./section-name";
import styles from "./workspace.module.css";

interface PanelSectionProps extends Omit<PanelProps, "panel" | "isEnlarged" | "isPinned"> {
  section: Section;
  grid: GridShape;
  pinned: ReadonlySet<string>;
  isFolded: boolean;
  /** The other sections are left out. */
  isOnly: boolean;
  onFold: (section: string) => void;
  /** With null for all of them. */
  onOnly?: ((section: string | null) => void) | undefined;
}

/** Memoised: scrolling brings sections and takes them, and leaves the others alone. */
export const PanelSection = memo(function PanelSection(props: PanelSectionProps) {
  const { section, isFolded, isOnly, onFold, onOnly, ...panelProps } = props;
  const m = useMessages();
  const { numPanels } = section;
  const name = useSectionName(section);
  return (
    <section aria-label={m.workspace.section(name, numPanels)}>
      <h2 className={styles.sectionHeader}>
        <button
          type="button"
          className={classNames(styles.fold, !isFolded && styles.unfolded)}
          aria-expanded={!isFolded}
          onClick={() => onFold(section.id)}
        >
          <Icon name="chevron" size={12} />
          <span className={styles.sectionName} title={name} dir="auto">
            {name}
          </span>
          <span className={styles.sectionCount}>{formatInteger(numPanels)}</span>
        </button>
        {onOnly && (
          <span className={classNames(styles.sectionTools, isOnly && styles.isOnly)}>
            <IconButton
              icon={isOnly ? "close" : "focus"}
              label={isOnly ? m.sections.all : m.sections.only(name)}
              onClick={() => onOnly(isOnly ? null : section.id)}
            />
          </span>
        )}
      </h2>
      {!isFolded && <PanelGrid {...panelProps} kind={section.kind} panels={section.panels} />}
    </section>
  );
});
