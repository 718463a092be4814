/** A panel's buttons: they appear when one is on the panel. */
import type { LineSeries } from "@/charts/line/types";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { isZoomed, type PanelView, resetZoom } from "../model";
import { panelId } from "../sections";
import { ChartLegend } from "./chart-legend";
import type { PanelProps } from "./panel";
import styles from "./panel.module.css";
import { PanelMenu } from "./panel-menu";
import { PanelSettings } from "./panel-settings";

export interface PanelToolsProps extends PanelProps {
  own: PanelView;
  lines: readonly LineSeries[];
}

export function PanelTools(props: PanelToolsProps) {
  const { panel, view, own, lines, isEnlarged, onView } = props;
  const m = useMessages();
  return (
    <div className={styles.tools}>
      {isZoomed(view) && (
        <IconButton
          icon="zoomOut"
          label={m.workspace.resetZoom}
          onClick={() => onView(resetZoom(view))}
        />
      )}
      {!isEnlarged && lines.length > 1 && (
        <Popover
          label={m.chart.legendOf(panel.key)}
          align="end"
          trigger={<IconButton icon="legend" label={m.chart.legend} />}
        >
          <ChartLegend
            lines={lines}
            xKind={own.xKind}
            xKey={own.x.key}
            xScale={own.xScale}
            zoom={own.zoom}
            onHide={props.onHideRun}
            onSolo={props.onSoloRun}
          />
        </Popover>
      )}
      <Popover
        label={m.chart.settingsTitle(panel.key)}
        align="end"
        trigger={<IconButton icon="sliders" label={m.chart.settings} />}
      >
        <PanelSettings {...props} />
      </Popover>
      <IconButton
        icon={isEnlarged ? "shrink" : "expand"}
        label={isEnlarged ? m.chart.shrink : m.chart.expand}
        onClick={() => onView({ enlarged: isEnlarged ? null : panelId(panel) })}
      />
      <PanelMenu {...props} />
    </div>
  );
}
