import { useRef } from "react";
import type { PanelKey } from "../model";
import { useRowsInView } from "../use-rows-in-view";
import { Panel, type PanelProps } from "./panel";
import styles from "./workspace.module.css";

/** The grid in workspace.module.css and the panel in panel.module.css have these sizes. */
const MIN_WIDTH = 320;
const GAP = 12;
const HEIGHT = 236;

type PanelGridProps = Omit<PanelProps, "panel" | "isEnlarged"> & { panels: readonly PanelKey[] };

/** Panels side by side. Only those on the screen or near it exist; the rest is empty space. */
export function PanelGrid({ panels, ...panelProps }: PanelGridProps) {
  const root = useRef<HTMLDivElement>(null);
  const { numColumns, first, end } = useRowsInView(root, {
    numItems: panels.length,
    minWidth: MIN_WIDTH,
    gap: GAP,
    rowHeight: HEIGHT,
  });
  const numRows = Math.ceil(panels.length / numColumns);
  const spaceOf = (rows: number) => rows * (HEIGHT + GAP);
  return (
    <div ref={root} className={styles.gridSpace} style={{ height: spaceOf(numRows) }}>
      <div
        className={styles.grid}
        style={{
          top: spaceOf(first),
          gridTemplateColumns: `repeat(${numColumns}, minmax(0, 1fr))`,
        }}
      >
        {panels.slice(first * numColumns, end * numColumns).map((panel) => (
          <Panel key={panel.key} {...panelProps} panel={panel} isEnlarged={false} />
        ))}
      </div>
    </div>
  );
}
