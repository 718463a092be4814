/** A line chart on two canvases: the curves below, crosshair and brush above. */
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { useTheme } from "@/lib/theme";
import { useHighlightedRun, usePointerBus } from "../pointer-bus";
import { registerChart } from "../registry";
import { useFontsVersion } from "../use-fonts";
import { type Size, useSize } from "../use-size";
import { ChartTooltip } from "./chart-tooltip";
import { drawCanvas } from "./draw-canvas";
import { drawOverlay } from "./draw-overlay";
import { drawnChart } from "./drawn-chart";
import { type Hover, hoverAt } from "./hover";
import styles from "./line-chart.module.css";
import { readChartTheme } from "./read-theme";
import { buildScene, type Scene } from "./scene";
import type { Domain, LineSeries, LineView, XKind, YScaleKind } from "./types";
import { type Brush, useBrush } from "./use-brush";

export interface LineChartProps {
  /** The metric, for tests and screen readers. */
  dataKey: string;
  label: string;
  series: readonly LineSeries[];
  x: XKind;
  y: YScaleKind;
  zoom: Domain | null;
  isLive: boolean;
  onZoom: (range: Domain) => void;
  onResetZoom: () => void;
}

export function LineChart(props: LineChartProps) {
  const { dataKey, series, x, y, zoom, isLive } = props;
  const root = useRef<HTMLDivElement>(null);
  const curves = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | null>(null);
  const previous = useRef<{ id: string; axes: LineView["previous"] }>({ id: "", axes: null });
  const [source] = useState(() => Symbol(dataKey));
  const [hover, setHover] = useState<{ at: Hover; left: number; top: number } | null>(null);

  const theme = useTheme();
  const size = useSize(root);
  const fonts = useFontsVersion();
  const bus = usePointerBus();
  const pointedRun = useHighlightedRun();
  const leave = () => {
    bus.moveTo(null);
    setHover(null);
  };
  const highlight = hover?.at.nearest ?? pointedRun;
  const { brush, handlers } = useBrush(scene, (range) => {
    // What was under the pointer is another place after the zoom.
    leave();
    props.onZoom(range);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `fonts` is not read, but text drawn before a font arrived is wrong
  useLayoutEffect(() => {
    const context = prepare(curves.current, size);
    if (!context || !size) return;
    // Axes hold still only while the question is the same one.
    const id = JSON.stringify([x, zoom]);
    const axes = previous.current.id === id ? previous.current.axes : null;
    const view: LineView = { ...size, x, y, zoom, isLive, highlight, previous: axes };
    const built = buildScene(series, view);
    scene.current = built;
    previous.current = { id, axes: { x: built.x.domain, y: built.y.domain, yKind: y } };
    drawCanvas(context, built, readChartTheme(theme));
  }, [series, x, y, zoom, isLive, highlight, size, theme, fonts]);

  const paintOverlay = useEffectEvent((active: Brush | null) => {
    const context = prepare(overlay.current, size);
    if (!context || !scene.current) return;
    const position = bus.position;
    const at = position && hoverAt(scene.current, position.x, null);
    const nearest = position?.source === source ? (hover?.at.nearest ?? null) : null;
    drawOverlay(
      context,
      scene.current,
      { hover: at, nearest, brush: active },
      readChartTheme(theme),
    );
  });

  // After every render: the overlay depends on whatever the curves depend on.
  useEffect(() => paintOverlay(brush));
  useEffect(() => bus.subscribeMove(() => paintOverlay(null)), [bus]);
  useEffect(() => registerChart(() => drawnChart(dataKey, scene.current)), [dataKey]);

  const onPointerMove = (event: React.PointerEvent<HTMLDivElement>) => {
    handlers.onPointerMove(event);
    const current = scene.current;
    if (!current) return;
    const box = event.currentTarget.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const { left, right } = current.plot;
    if (px < left - 4 || px > right + 4) return leave();
    const value = current.x.toValue(Math.min(Math.max(px, left), right));
    bus.moveTo({ x: value, source });
    setHover({ at: hoverAt(current, value, py), left: event.clientX, top: event.clientY });
  };
  return (
    <div
      ref={root}
      className={styles.chart}
      role="img"
      aria-label={props.label}
      data-testid="chart"
      data-key={dataKey}
      {...handlers}
      onPointerMove={onPointerMove}
      onPointerLeave={leave}
      onDoubleClick={props.onResetZoom}
    >
      <canvas ref={curves} className={styles.layer} />
      <canvas ref={overlay} className={styles.overlay} />
      {hover && !brush && hover.at.rows.length > 0 && (
        <ChartTooltip hover={hover.at} x={x} left={hover.left} top={hover.top} />
      )}
    </div>
  );
}

/** Sizes a canvas for the screen's pixels; touching the size clears it, so only when it changed. */
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
  return context;
}
