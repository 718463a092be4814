/** One metric's chart with its title, what it draws, and its states. */
import { useMemo, useRef } from "react";
import type { ProjectRef } from "@/api/client";
import type { Series } from "@/api/series-codec";
import { LineChart } from "@/charts/line/line-chart";
import type { Domain, LineSeries } from "@/charts/line/types";
import { useSize } from "@/charts/use-size";
import { classNames } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import type { RunColour } from "@/lib/run-colour";
import { useTheme } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import { bucketsFor, type ChartView, type PanelKey, thinning } from "../model";
import { useSeries } from "../queries";
import styles from "./panel.module.css";

/** A run as charts need it. */
export interface ChartRun {
  id: string;
  name: string;
  seq: number;
  isRunning: boolean;
  colour: RunColour;
  dash: readonly number[];
}

export interface PanelProps {
  project: ProjectRef;
  panel: PanelKey;
  runs: readonly ChartRun[];
  view: ChartView;
  isEnlarged: boolean;
  onZoom: (range: Domain | null) => void;
  onEnlarge: (panel: PanelKey | null) => void;
}

export function Panel(props: PanelProps) {
  const { panel, isEnlarged, view, onZoom, onEnlarge } = props;
  const m = useMessages();
  return (
    <article
      className={classNames(styles.panel, isEnlarged && styles.enlarged)}
      data-testid="panel"
      data-key={panel.key}
    >
      <header className={styles.header}>
        <h3 className={styles.title} title={panel.key} dir="auto">
          {panel.key}
        </h3>
        <div className={styles.tools}>
          {view.zoom && (
            <IconButton icon="zoomOut" label={m.workspace.resetZoom} onClick={() => onZoom(null)} />
          )}
          <IconButton
            icon={isEnlarged ? "shrink" : "expand"}
            label={isEnlarged ? m.chart.shrink : m.chart.expand}
            onClick={() => onEnlarge(isEnlarged ? null : panel)}
          />
        </div>
      </header>
      <PanelBody {...props} />
    </article>
  );
}

function PanelBody({ project, panel, runs, view, onZoom }: PanelProps) {
  const m = useMessages();
  const body = useRef<HTMLDivElement>(null);
  const size = useSize(body);
  const scope = {
    ...project,
    key: panel.key,
    stream: panel.stream,
    axis: view.axis,
    lo: view.zoom?.[0] ?? null,
    hi: view.zoom?.[1] ?? null,
    buckets: bucketsFor(size?.width ?? 0),
  };
  const { series, isLoading, error, retry } = useSeries(scope, runs, size !== null);
  const lines = useLines(series, runs);
  const caption = useMemo(() => thinning(lines.map(describe)), [lines]);
  const y = view.isLogY ? "log" : "linear";
  // Axes around nothing would invent a scale: a blank panel has words instead.
  const isBlank = series !== null && !lines.some((line) => hasValues(line, view.isLogY));

  return (
    <>
      {lines.length > 0 && error !== null && (
        <button type="button" className={styles.stale} title={m.chart.staleHint} onClick={retry}>
          {m.chart.stale}
        </button>
      )}
      {lines.length > 0 && error === null && (
        <span
          className={styles.caption}
          title={caption === null ? m.chart.exactHint : m.chart.bucketedHint}
          data-testid="chart-caption"
        >
          {caption === null ? m.chart.exact : m.chart.bucketed(formatCount(caption))}
        </span>
      )}
      <div ref={body} className={styles.body} aria-busy={isLoading}>
        {isLoading && <div className={styles.progress} />}
        {series && !isBlank && (
          <LineChart
            dataKey={panel.key}
            label={m.chart.label(panel.key, lines.length)}
            series={lines}
            x={view.axis}
            y={y}
            zoom={view.zoom}
            isLive={runs.some(({ isRunning }) => isRunning)}
            onZoom={onZoom}
            onResetZoom={() => onZoom(null)}
          />
        )}
        {isBlank && !isLoading && error === null && runs.length > 0 && (
          <p className={styles.message}>{view.isLogY ? m.chart.noValuesLog : m.chart.noValues}</p>
        )}
        {error !== null && series === null && (
          <p className={styles.message} role="alert">
            {m.chart.failed}{" "}
            <button type="button" className={styles.retry} onClick={retry}>
              {m.app.retry}
            </button>
          </p>
        )}
      </div>
    </>
  );
}

/** Oldest run first, so that the newest is drawn on top. */
function useLines(
  series: ReadonlyMap<string, Series> | null,
  runs: readonly ChartRun[],
): LineSeries[] {
  const theme = useTheme();
  // Run objects change with every heartbeat; what is drawn of them does not.
  const looks = JSON.stringify(runs.map((run) => [run.id, run.name, run.colour[theme], run.dash]));
  return useMemo(() => {
    const drawn: [string, string, string, number[]][] = JSON.parse(looks);
    return drawn.toReversed().flatMap(([id, name, color, dash]) => {
      const data = series?.get(id);
      return data ? [{ id, name, dash, color, data }] : [];
    });
  }, [series, looks]);
}

function describe({ data }: LineSeries) {
  return {
    exact: data.exact,
    numRows: data.numRows,
    numDrawn: data.exact ? data.x.length : data.x0.length,
  };
}

/** Something to see: a value with a place on the axis, or a mark for one without. */
function hasValues({ data }: LineSeries, isLogY: boolean): boolean {
  const values = data.exact ? data.y : data.max;
  return isLogY ? values.some((y) => y > 0 || Number.isNaN(y)) : values.length > 0;
}
