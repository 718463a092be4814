import { memo, useCallback, useRef } from "react";
import { GAP, type GridShape, numColumnsIn, panelHeight } from "../layout";
import type { PanelKey } from "../model";
import { panelId, type SectionKind } from "../sections";
import { useRowsInView } from "../use-rows-in-view";
import { Panel, type PanelProps } from "./panel";
import styles from "./workspace.module.css";

interface PanelGridProps extends Omit<PanelProps, "panel" | "isEnlarged" | "isPinned"> {
  kind: SectionKind;
  panels: readonly PanelKey[];
  grid: GridShape;
  pinned: ReadonlySet<string>;
}

/** Panels side by side. Only those on the screen or near it exist; the rest is empty space. */
export function PanelGrid({ kind, panels, grid, pinned, ...panelProps }: PanelGridProps) {
  const root = useRef<HTMLDivElement>(null);
  const height = panelHeight(grid, kind);
  const columnsIn = useCallback((width: number) => numColumnsIn(width, grid, kind), [grid, kind]);
  const { numColumns, first, end } = useRowsInView(root, {
    numItems: panels.length,
    columnsIn,
    gap: GAP,
    rowHeight: height,
  });
  const numRows = Math.ceil(panels.length / numColumns);
  const spaceOf = (rows: number) => rows * (height + GAP);
  return (
    <div ref={root} className={styles.gridSpace} style={{ height: spaceOf(numRows) }}>
      <div
        className={styles.grid}
        style={{
          top: spaceOf(first),
          gridTemplateColumns: `repeat(${numColumns}, minmax(0, 1fr))`,
          "--panel-height": `${height}px`,
        }}
      >
        {panels.slice(first * numColumns, end * numColumns).map((panel) => (
          <SteadyPanel
            key={panelId(panel)}
            {...panelProps}
            panel={panel}
            isPinned={pinned.has(panelId(panel))}
            isEnlarged={false}
          />
        ))}
      </div>
    </div>
  );
}

/** As it was while rows come into sight around it. */
const SteadyPanel = memo(Panel);
