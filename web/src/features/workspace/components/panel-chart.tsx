/** The chart itself, or the words that stand where there is nothing to draw. */
import { LineChart } from "@/charts/line/line-chart";
import type { LineSeries } from "@/charts/line/types";
import { useMessages } from "@/lib/i18n";
import { type PanelView, resetZoom, zoomTo } from "../model";
import { hasValues } from "../panel-lines";
import { panelId } from "../sections";
import type { PanelProps } from "./panel";
import styles from "./panel.module.css";

interface PanelChartProps extends PanelProps {
  own: PanelView;
  lines: readonly LineSeries[];
  /** Nothing has ever arrived. */
  isFirst: boolean;
  isLoading: boolean;
  error: unknown;
  retry: () => void;
}

export function PanelChart(props: PanelChartProps) {
  const { panel, runs, view, own, lines, isFirst, isLoading, error, retry, onView } = props;
  const m = useMessages();
  const isLogY = own.yScale === "log";
  // Axes around nothing would invent a scale: a blank panel has words instead.
  const isBlank = !isFirst && !lines.some((line) => hasValues(line, own.zoom, isLogY));
  return (
    <>
      {isLoading && <div className={styles.progress} />}
      {!isFirst && !isBlank && (
        <LineChart
          dataKey={panel.key}
          label={m.chart.label(panel.key, lines.length)}
          series={lines}
          x={own.xKind}
          xKey={own.x.key}
          xScale={own.xScale}
          yScale={own.yScale}
          zoom={own.zoom}
          yRange={own.yRange}
          ignoreOutliers={own.ignoreOutliers}
          isLive={runs.some(({ isRunning }) => isRunning)}
          onSelect={(selection) => onView(zoomTo(view, panelId(panel), own.x, selection))}
          onResetZoom={() => onView(resetZoom(view))}
        />
      )}
      {isBlank && !isLoading && error === null && runs.length > 0 && (
        <p className={styles.message}>{isLogY ? m.chart.noValuesLog : m.chart.noValues}</p>
      )}
      {error !== null && isFirst && (
        <p className={styles.message} role="alert">
          {m.chart.failed}{" "}
          <button type="button" className={styles.retry} onClick={retry}>
            {m.app.retry}
          </button>
        </p>
      )}
    </>
  );
}
