/** The sections of a workspace, any number of them: those far off the screen are empty space. */
import { type ReactNode, useMemo, useRef } from "react";
import { type GridShape, sectionHeight, sectionsWithin } from "../layout";
import type { Section } from "../sections";
import { useSectionsInView } from "../use-sections-in-view";
import type { PanelProps } from "./panel";
import { PanelSection } from "./panel-section";
import styles from "./workspace.module.css";

interface SectionListProps extends Omit<PanelProps, "panel" | "isEnlarged" | "isPinned"> {
  sections: readonly Section[];
  grid: GridShape;
  pinned: ReadonlySet<string>;
  only: string | null;
  isFolded: (section: Section) => boolean;
  /** A chart covers them: they are there, but not to be used. */
  isCovered: boolean;
  onFold: (section: string) => void;
  onOnly?: ((section: string | null) => void) | undefined;
  /** What stands above the sections, or instead of them. */
  children: ReactNode;
}

export function SectionList(props: SectionListProps) {
  const { sections, isFolded, isCovered, onFold, only, onOnly, children, ...sectionProps } = props;
  const { grid } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { width, top, bottom } = useSectionsInView(scroller, content);
  const heights = useMemo(
    () => sections.map((section) => sectionHeight(section, isFolded(section), width, grid)),
    [sections, isFolded, width, grid],
  );
  const { first, end, above, below } = sectionsWithin(heights, top, bottom);
  return (
    <div ref={scroller} className={styles.scroller} inert={isCovered}>
      {children}
      <div ref={content} style={{ paddingTop: above, paddingBottom: below }}>
        {sections.slice(first, end).map((section) => (
          <PanelSection
            {...sectionProps}
            key={section.id}
            section={section}
            isFolded={isFolded(section)}
            isOnly={only === section.id}
            onFold={onFold}
            onOnly={onOnly}
          />
        ))}
      </div>
    </div>
  );
}
