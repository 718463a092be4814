import { useMemo, useRef } from "react";
import type { RunRef } from "@/api/client";
import { yExtent } from "@/charts/line/domain";
import { isShown } from "@/charts/line/drawn-line";
import { LineChart } from "@/charts/line/line-chart";
import type { Domain, LineSeries } from "@/charts/line/types";
import { useSize } from "@/charts/use-size";
import { useMessages } from "@/lib/i18n";
import { DASHES, RUN_COLOURS } from "@/lib/run-colour";
import { useTheme } from "@/lib/theme";
import { metricName } from "../metric-name";
import { type SystemChart as Chart, formatNewest, scaled } from "../model";
import { useSystemSeries } from "../queries";
import { useInView } from "../use-in-view";
import { useWords } from "../words/use-words";
import styles from "./system.module.css";

interface SystemChartProps {
  runRef: RunRef;
  chart: Chart;
  axis: "relative" | "time";
  zoom: Domain | null;
  isLive: boolean;
  onZoom: (zoom: Domain | null) => void;
}

const NARROW = 800;
const EVERYTHING = [null, null] as const;
const FROM_ZERO = [0, null] as const;

/** One metric of all devices of a kind. */
export function SystemChart({ runRef, chart, axis, zoom, isLive, onZoom }: SystemChartProps) {
  const m = useMessages();
  const w = useWords();
  const theme = useTheme();
  const root = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const width = useSize(body)?.width ?? 0;
  const isSeen = useInView(root);
  const { lines, scale } = chart;
  // In two sizes, so that a slightly resized window finds its curves in memory.
  const buckets = width <= NARROW ? NARROW : 2 * NARROW;
  const found = useSystemSeries(runRef, lines, { axis, zoom, buckets }, isSeen && width > 0);
  const series = useMemo(
    () =>
      lines.flatMap((line, i): LineSeries[] => {
        const data = found.data?.[i];
        if (!data) return [];
        return [
          {
            id: `${line.writer} ${line.key}`,
            name: line.name,
            color: RUN_COLOURS[line.slot % RUN_COLOURS.length]?.[theme] ?? "",
            dash: DASHES[Math.floor(line.slot / RUN_COLOURS.length) % DASHES.length] ?? [],
            data: scaled(data, scale.factor),
          },
        ];
      }),
    [lines, found.data, theme, scale.factor],
  );
  const name = metricName(chart.kind, chart.name, w);
  const isAnyShown = series.some(({ data }) => isShown(data, zoom));
  const [least] = yExtent(series, "linear", null, "linear") ?? [0];
  const isBlank = found.data !== undefined && !isAnyShown;
  return (
    <article ref={root} className={styles.chart} data-testid="system-chart" data-metric={chart.id}>
      <header className={styles.head}>
        <h3 className={styles.name} title={`${chart.kind}.${chart.name}`}>
          {name}
        </h3>
        {scale.unit !== "" && <span className={styles.unit}>{scale.unit}</span>}
        {chart.isTotal && <span className={styles.unit}>{w.total}</span>}
        <span className={styles.newest} title={w.newest}>
          {formatNewest(chart)}
        </span>
      </header>
      <div ref={body} className={styles.body} aria-busy={found.isFetching}>
        {isAnyShown && (
          <LineChart
            dataKey={`${chart.kind}.${chart.name}`}
            label={m.chart.label(name, series.length)}
            series={series}
            x={axis}
            xKey={null}
            xScale="linear"
            yScale="linear"
            zoom={zoom}
            // Of a use that hardly changes, the change is noise.
            yRange={least < 0 ? EVERYTHING : FROM_ZERO}
            ignoreOutliers={false}
            isLive={isLive}
            unit={scale.unit === "" ? undefined : scale.unit}
            onSelect={(selection) => onZoom(selection.x)}
            onResetZoom={() => onZoom(null)}
          />
        )}
        {isBlank && <p className={styles.message}>{m.chart.noValues}</p>}
        {found.error && !found.data && (
          <p className={styles.message} role="alert">
            {m.chart.failed}{" "}
            <button type="button" className={styles.retry} onClick={() => void found.refetch()}>
              {m.app.retry}
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
