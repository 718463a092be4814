/** One chart that fills the stage, its runs in figures beside it; arrow keys go from chart to chart. */
import { useCallback } from "react";
import type { LineSeries } from "@/charts/line/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { type PanelKey, panelView } from "../model";
import { panelId, type Section } from "../sections";
import { ChartLegend } from "./chart-legend";
import { Panel, type PanelProps } from "./panel";
import styles from "./workspace.module.css";

interface PanelScreenProps extends Omit<PanelProps, "panel" | "isEnlarged" | "isPinned" | "aside"> {
  /** All charts, in the order in which they stand; none while no chart fills the stage. */
  panels: readonly PanelKey[];
  sections: readonly Section[];
  pinned: ReadonlySet<string>;
}

export function PanelScreen({ panels, sections, pinned, ...props }: PanelScreenProps) {
  const { view, onView, onHideRun, onSoloRun } = props;
  const m = useMessages();
  const at = panels.findIndex((one) => panelId(one) === view.enlarged);
  const panel = panels[at];
  const show = (one: PanelKey | undefined) => one && onView({ enlarged: panelId(one) });
  useShortcuts(
    panel
      ? {
          "Escape f": { does: m.chart.shrink, run: () => onView({ enlarged: null }) },
          ArrowRight: { does: m.chart.next, run: () => show(panels[at + 1]) },
          ArrowLeft: { does: m.chart.previous, run: () => show(panels[at - 1]) },
        }
      : {
          f: {
            does: m.chart.expand,
            run: () => {
              const pointed = pointedPanel();
              const isPointed = (one: PanelKey) => panelId(one) === pointed;
              const found = sections.flatMap(({ unordered }) => unordered.find(isPointed) ?? []);
              show(found[0] ?? sections[0]?.panels[0]);
            },
          },
        },
    { heading: m.workspace.charts },
  );
  const aside = useCallback(
    (lines: readonly LineSeries[]) => {
      if (!panel || lines.length === 0) return null;
      const { xKind, x, xScale, zoom } = panelView(view, panel, panelId(panel));
      return (
        <ChartLegend
          lines={lines}
          xKind={xKind}
          xKey={x.key}
          xScale={xScale}
          zoom={zoom}
          isTable
          onHide={onHideRun}
          onSolo={onSoloRun}
        />
      );
    },
    [panel, view, onHideRun, onSoloRun],
  );
  if (!panel) return null;
  const id = panelId(panel);
  return (
    <div className={styles.lightbox}>
      <Panel {...props} key={id} panel={panel} isPinned={pinned.has(id)} isEnlarged aside={aside} />
    </div>
  );
}

/** The chart under the pointer, or the one that has the focus. */
function pointedPanel(): string | undefined {
  const found = document.querySelector<HTMLElement>(
    "[data-panel]:hover, [data-panel]:focus-within",
  );
  return found?.dataset.panel;
}
