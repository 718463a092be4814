/** One metric over versions: a curve of the chart engine, with the aliases at their points. */
import { Link } from "@tanstack/react-router";
import { useLayoutEffect, useMemo, useRef } from "react";
import type { CollectionRef } from "@/api/artifacts";
import { drawCurves, drawFrame } from "@/charts/line/draw-canvas";
import { readChartTheme } from "@/charts/line/read-theme";
import { buildScene } from "@/charts/line/scene";
import { useFontsVersion } from "@/charts/use-fonts";
import { useSize } from "@/charts/use-size";
import { formatNumber } from "@/lib/format";
import { useTheme } from "@/lib/theme";
import { useWords } from "../words/use-words";
import styles from "./metrics.module.css";
import { curveOf, type MeasuredRow, metricKey, type XAxis } from "./model";

interface MetricsChartProps {
  at: CollectionRef & { type: string };
  rows: readonly MeasuredRow[];
  metric: string;
  x: XAxis;
  best: MeasuredRow | null;
}

/** More names than these would cover each other, and the curve. */
const MAX_NAMED = 16;
const HALF_NAME = 60;
/** Where points are so close, only those with a name are drawn as such. */
const MAX_DOTS = 200;

export function MetricsChart({ at, rows, metric, x, best }: MetricsChartProps) {
  const w = useWords();
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(root);
  const theme = useTheme();
  const fonts = useFontsVersion();
  const curve = useMemo(() => curveOf(rows, metric, x), [rows, metric, x]);
  const scene = useMemo(() => {
    if (!size) return null;
    const data = {
      exact: true as const,
      numRows: curve.x.length,
      x: curve.x,
      y: curve.y,
      smooth: null,
    };
    const name = metricKey(metric);
    const series = [{ id: name, name, color: "var(--accent)", dash: [], data }];
    return buildScene(series, {
      ...size,
      x: x === "version" ? "step" : "time",
      xScale: "linear",
      yScale: "linear",
      zoom: null,
      yRange: [null, null],
      ignoreOutliers: false,
      isLive: false,
      previous: null,
      above: 18,
      below: 0,
    });
  }, [size, curve, metric, x]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fonts and theme change what is painted
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || !scene || !root.current) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(scene.width * ratio);
    element.height = Math.round(scene.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const paint = readChartTheme(theme);
    drawFrame(context, scene, paint);
    drawCurves(context, scene, scene, paint);
  }, [scene, theme, fonts]);
  const named = new Set(
    curve.rows.filter((row) => row === best || row.aliases.length > 0).slice(-MAX_NAMED),
  );
  return (
    <figure ref={root} className={styles.chart} aria-label={w.metrics.chart(metricKey(metric))}>
      <canvas ref={canvas} className={styles.canvas} />
      {scene &&
        curve.rows.map((row, index) => {
          const value = curve.y[index] ?? Number.NaN;
          const isNamed = named.has(row);
          const chip = [row === best ? "★" : "", ...row.aliases].filter(Boolean).join(" ");
          if (!Number.isFinite(value) || (curve.rows.length > MAX_DOTS && !isNamed)) return null;
          const { entity, project, type, collection } = at;
          const left = scene.x.toPixel(curve.x[index] ?? 0);
          return (
            <Link
              key={row.index}
              to="/$entity/$project/artifacts/$type/$collection/$version"
              params={{ entity, project, type, collection, version: `v${row.index}` }}
              className={styles.point}
              data-best={row === best}
              data-edge={edgeOf(left, scene.plot)}
              style={{ left, top: scene.y.toPixel(value) }}
              title={`v${row.index} · ${metricKey(metric)} ${formatNumber(value)}`}
              aria-label={`${isNamed ? `${chip} ` : ""}v${row.index}: ${formatNumber(value)}`}
            >
              {isNamed && <span className={styles.chip}>{chip}</span>}
            </Link>
          );
        })}
    </figure>
  );
}

/** Near an end of the plot a name stands inwards, off the axis and the edge. */
function edgeOf(x: number, plot: { left: number; right: number }): "start" | "end" | undefined {
  if (x < plot.left + HALF_NAME) return "start";
  return x > plot.right - HALF_NAME ? "end" : undefined;
}
