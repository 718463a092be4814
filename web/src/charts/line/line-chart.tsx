/**
 * A line chart on three canvases: frame, curves, and above them what follows the pointer. Pointing
 * fades the curves as a whole and draws one of them again; the others are never painted twice.
 */
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { useTheme } from "@/lib/theme";
import { axisId, useHighlightedRun, usePointerBus } from "../pointer-bus";
import { registerChart } from "../registry";
import { useFontsVersion } from "../use-fonts";
import { type Size, useSize } from "../use-size";
import { ChartTooltip } from "./chart-tooltip";
import { drawCurves, drawFrame } from "./draw-canvas";
import { drawOverlay } from "./draw-overlay";
import { drawnChart } from "./drawn-chart";
import { hoverAt } from "./hover";
import styles from "./line-chart.module.css";
import { FADED } from "./paint";
import { readOut } from "./read-out";
import { readChartTheme } from "./read-theme";
import { buildScene, type Scene } from "./scene";
import type { Axes, Domain, LineSeries, LineView, PartialDomain, ScaleKind, XKind } from "./types";
import { type Brush, type Selection, useBrush } from "./use-brush";
import { useCrosshairHandlers } from "./use-crosshair";

export interface LineChartProps {
  /** The metric, for tests and screen readers. */
  dataKey: string;
  label: string;
  series: readonly LineSeries[];
  x: XKind;
  /** The key that x counts, where it is a metric. */
  xKey: string | null;
  xScale: ScaleKind;
  yScale: ScaleKind;
  zoom: Domain | null;
  yRange: PartialDomain;
  ignoreOutliers: boolean;
  isLive: boolean;
  /** What y counts, said behind its values. */
  unit?: string | undefined;
  onSelect: (selection: Selection) => void;
  onResetZoom: () => void;
}

export function LineChart(props: LineChartProps) {
  const { dataKey, series, x, xKey, xScale, yScale, zoom, ignoreOutliers, isLive } = props;
  const [yLo, yHi] = props.yRange;
  const m = useMessages();
  const root = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLCanvasElement>(null);
  const curves = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | null>(null);
  const previous = useRef<{ id: string; axes: Axes | null }>({ id: "", axes: null });
  const [source] = useState(() => Symbol(dataKey));

  const theme = useTheme();
  const size = useSize(root);
  const fonts = useFontsVersion();
  const bus = usePointerBus();
  const pointedRun = useHighlightedRun();
  const axis = axisId(x, xKey);
  const { pointed, leave, handlers } = useCrosshairHandlers(root, scene, axis, source);
  const { brush, handlers: brushHandlers } = useBrush(scene, (selection) => {
    // What was under the pointer is another place after the zoom.
    leave();
    props.onSelect(selection);
  });
  const front = pointed?.at.nearest ?? pointedRun;
  const isFaded = front !== null && series.length > 1 && series.some(({ id }) => id === front);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `fonts` is not read, but text drawn before a font arrived is wrong
  useLayoutEffect(() => {
    const [below, above] = [prepare(frame.current, size), prepare(curves.current, size)];
    if (!below || !above || !size) return;
    // Axes hold still only while the question is the same one.
    const id = JSON.stringify([axis, zoom, ignoreOutliers]);
    const axes = previous.current.id === id ? previous.current.axes : null;
    const view: LineView = {
      ...size,
      x,
      xScale,
      yScale,
      zoom,
      yRange: [yLo, yHi],
      ignoreOutliers,
      isLive,
      previous: axes,
      above: 0,
      below: 0,
    };
    const built = buildScene(series, view);
    scene.current = built;
    previous.current = { id, axes: { x: built.x.domain, y: built.free, xScale, yScale } };
    const ink = readChartTheme(theme);
    drawFrame(below, built, ink);
    drawCurves(above, built, built, ink);
  }, [series, axis, x, xScale, yScale, zoom, yLo, yHi, ignoreOutliers, isLive, size, theme, fonts]);

  const paintOverlay = useEffectEvent((active: Brush | null) => {
    const context = prepare(overlay.current, size);
    if (!context || !scene.current) return;
    const position = bus.position();
    const hover = position?.axis === axis ? hoverAt(scene.current, position.x, null) : null;
    drawOverlay(
      context,
      scene.current,
      { hover, front: isFaded ? front : (pointed?.at.nearest ?? null), brush: active },
      readChartTheme(theme),
    );
  });

  // After every render: the overlay depends on whatever the curves depend on.
  useEffect(() => paintOverlay(brush));
  useEffect(() => bus.subscribeMove(() => paintOverlay(null)), [bus]);
  useEffect(() => registerChart(() => drawnChart(dataKey, scene.current)), [dataKey]);

  return (
    <div
      ref={root}
      className={styles.chart}
      role="application"
      aria-roledescription={m.chart.kind}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move its crosshair
      tabIndex={0}
      data-testid="chart"
      data-key={dataKey}
      {...handlers}
      onPointerDown={(event) => {
        handlers.onPointerDown(event);
        brushHandlers.onPointerDown(event);
      }}
      onPointerMove={(event) => {
        brushHandlers.onPointerMove(event);
        handlers.onPointerMove(event);
      }}
      onPointerUp={(event) => {
        handlers.onPointerUp(event);
        brushHandlers.onPointerUp();
      }}
      onPointerCancel={() => {
        handlers.onPointerCancel();
        brushHandlers.onPointerCancel();
      }}
      onDoubleClick={props.onResetZoom}
    >
      <canvas ref={frame} className={styles.layer} />
      <canvas ref={curves} className={styles.layer} style={isFaded ? { opacity: FADED } : {}} />
      <canvas ref={overlay} className={styles.overlay} />
      {pointed && !brush && pointed.at.rows.length > 0 && (
        <ChartTooltip {...pointed} hover={pointed.at} x={x} xKey={xKey} unit={props.unit} />
      )}
      <output className="visually-hidden" aria-live="polite">
        {pointed?.isByKeys && readOut(pointed.at, x, xKey, m)}
      </output>
    </div>
  );
}

/** Sizes a canvas for the screen's pixels and clears it. Setting the size costs, so only when it changed. */
function prepare(canvas: HTMLCanvasElement | null, size: Size | null) {
  if (!canvas || !size) return null;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, size.width, size.height);
  return context;
}
