/** One metric's chart with its title, its tools, what it draws, and its states. */
import { lazy, Suspense, useMemo, useRef } from "react";
import type { ProjectRef, RunRef } from "@/api/client";
import type { MediaKind } from "@/api/media";
import type { MetricKey } from "@/api/types";
import { MAX_SHADED } from "@/charts/line/series-marks";
import type { LineSeries } from "@/charts/line/types";
import { useSize } from "@/charts/use-size";
import { classNames } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import type { RunColour } from "@/lib/run-colour";
import { type ChartView, type PanelKey, panelView, thinning } from "../model";
import { describeLine, usePanelLines } from "../panel-lines";
import { panelId } from "../sections";
import styles from "./panel.module.css";
import { PanelChart } from "./panel-chart";
import { PanelTools } from "./panel-tools";

/** A run as charts need it. */
export interface ChartRun {
  id: string;
  name: string;
  seq: number;
  isRunning: boolean;
  colour: RunColour;
  dash: readonly number[];
}

/** What is asked to be shown of the media that runs logged under a key. */
export interface ShownMedia {
  project: ProjectRef;
  mediaKey: string;
  kind: MediaKind;
  runs: readonly ChartRun[];
  isLarge: boolean;
}

export interface PanelProps {
  project: ProjectRef;
  panel: PanelKey;
  runs: readonly ChartRun[];
  view: ChartView;
  isEnlarged: boolean;
  /** The chart stands in the section of pinned ones too. */
  isPinned?: boolean;
  /** What may be chosen as x. */
  historyKeys?: readonly MetricKey[] | undefined;
  onView: (change: Partial<ChartView>) => void;
  /** Pins the chart, or takes the pin away; left out where nothing can be pinned. */
  onPinPanel?: ((panel: PanelKey) => void) | undefined;
  /** Takes a run out of all charts; left out where runs cannot be chosen. */
  onHideRun?: ((run: string) => void) | undefined;
  /** Leaves one run in all charts. */
  onSoloRun?: ((run: string) => void) | undefined;
  /** Beside the chart of a whole screen. */
  aside?: ((lines: readonly LineSeries[]) => React.ReactNode) | undefined;
  /** A table that a run saved as a file, for charts that cannot be drawn. */
  renderTable?:
    | ((run: RunRef, path: string, version: string | null) => React.ReactNode)
    | undefined;
  /** Media of the runs beside each other; left out where they have a page of their own. */
  renderMedia?: ((shown: ShownMedia) => React.ReactNode) | undefined;
}

/** Comes with the first custom chart: most projects have none. */
const CustomPanel = lazy(async () => ({
  default: (await import("../custom/custom-panel")).CustomPanel,
}));

const MediaPanel = lazy(async () => ({
  default: (await import("../media/media-panel")).MediaPanel,
}));

export function Panel(props: PanelProps) {
  const { chart, media } = props.panel;
  if (!chart && !media) return <CurvePanel {...props} />;
  const style = classNames(styles.panel, props.isEnlarged && styles.enlarged);
  return (
    <Suspense fallback={<article className={style} />}>
      {chart && <CustomPanel {...props} chart={chart} />}
      {media && <MediaPanel {...props} kind={media} />}
    </Suspense>
  );
}

function CurvePanel(props: PanelProps) {
  const { project, panel, runs, view, isEnlarged } = props;
  const body = useRef<HTMLDivElement>(null);
  const size = useSize(body);
  const id = panelId(panel);
  const own = useMemo(() => panelView(view, panel, id), [view, panel, id]);
  const picture = usePanelLines(project, panel, own, runs, size?.width ?? null);
  const { lines } = picture;
  return (
    <article
      className={classNames(styles.panel, isEnlarged && styles.enlarged)}
      data-testid="panel"
      data-key={panel.key}
      data-panel={id}
    >
      <header className={styles.header}>
        <h3 className={styles.title} title={panel.key} dir="auto">
          {panel.key}
        </h3>
        <PanelTools {...props} own={own} lines={lines} />
        {lines.length > 0 && <Caption {...picture} />}
      </header>
      <div className={styles.row}>
        <div ref={body} className={styles.body} aria-busy={picture.isLoading}>
          <PanelChart {...props} {...picture} own={own} />
        </div>
        {props.aside?.(lines)}
      </div>
    </article>
  );
}

interface CaptionProps {
  lines: readonly LineSeries[];
  error: unknown;
  retry: () => void;
}

/** What the picture is: every point, buckets, or from before. */
function Caption({ lines, error, retry }: CaptionProps) {
  const m = useMessages();
  const ratio = useMemo(() => thinning(lines.map(describeLine)), [lines]);
  if (error !== null) {
    return (
      <button type="button" className={styles.stale} title={m.chart.staleHint} onClick={retry}>
        {m.chart.stale}
      </button>
    );
  }
  // Among many the bands are left out: the caption promises no more than there is to see.
  const bucketed = lines.length > MAX_SHADED ? m.chart.meanOf : m.chart.bucketed;
  return (
    <span
      className={styles.caption}
      title={ratio === null ? m.chart.exactHint : m.chart.bucketedHint}
      data-testid="chart-caption"
    >
      {ratio === null ? m.chart.exact : bucketed(formatCount(ratio))}
    </span>
  );
}
