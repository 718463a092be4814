/** All histograms of a key: steps along, values up, the darker the more of a step's mass is there. */
import { type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { formatInteger, formatNumber } from "@/lib/format";
import { useTheme } from "@/lib/theme";
import { createScale } from "../line/scale";
import { useSize } from "../use-size";
import { frameFor, stepAxisTicks, yAxisTicks } from "./frame";
import styles from "./histogram.module.css";
import { columnAt, type HeatGrid, type Histogram, heatGrid } from "./model";

interface HeatMapProps {
  label: string;
  histograms: readonly Histogram[];
  /** The step that is marked. */
  step: number | null;
  onPick?: (step: number) => void;
}

const PIXELS_PER_ROW = 4;

export function HeatMap({ label, histograms, step, onPick }: HeatMapProps) {
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const size = useSize(root);
  const [pointed, setPointed] = useState<{ step: number; value: number; share: number } | null>(
    null,
  );
  const numRows = Math.min(128, Math.max(16, Math.floor((size?.height ?? 0) / PIXELS_PER_ROW)));
  const grid = useMemo(() => heatGrid(histograms, numRows), [histograms, numRows]);
  const layout = useMemo(() => size && layOut(grid, size.width, size.height), [grid, size]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the page's tokens
  useLayoutEffect(() => {
    if (canvas.current && layout && size) paint(canvas.current, grid, layout, size);
  }, [grid, layout, size, theme]);

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!layout) return;
    const box = event.currentTarget.getBoundingClientRect();
    const value = layout.y.toValue(event.clientY - box.top);
    const column = columnAt(grid, layout.x.toValue(event.clientX - box.left));
    const [lo, hi] = grid.values;
    const row = Math.floor(((value - lo) / (hi - lo)) * grid.numRows);
    const share = column?.shares[row];
    setPointed(column && share !== undefined ? { step: column.step, value, share } : null);
  };
  const chosen = step === null ? null : columnAt(grid, step);
  return (
    <div
      ref={root}
      className={styles.chart}
      role="img"
      aria-label={label}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setPointed(null)}
      onPointerUp={() => pointed && onPick?.(pointed.step)}
    >
      <canvas ref={canvas} className={styles.canvas} />
      {layout && (
        <svg className={styles.overlay} aria-hidden="true">
          {layout.yTicks.map(({ value, label: text }) => (
            <text
              key={value}
              x={layout.frame.left - 6}
              y={layout.y.toPixel(value) + 4}
              textAnchor="end"
            >
              {text}
            </text>
          ))}
          {layout.xTicks.map(({ value, label: text }) => (
            <text
              key={value}
              x={layout.x.toPixel(value)}
              y={layout.frame.bottom + 15}
              textAnchor="middle"
            >
              {text}
            </text>
          ))}
          <path
            className={styles.axis}
            d={`M${layout.frame.left} ${layout.frame.bottom + 0.5}H${layout.frame.right}`}
          />
          {chosen && (
            <rect
              className={styles.chosen}
              x={Math.round(layout.x.toPixel(chosen.from)) + 0.5}
              y={layout.frame.top + 0.5}
              width={Math.max(
                1,
                Math.round(layout.x.toPixel(chosen.to) - layout.x.toPixel(chosen.from)) - 1,
              )}
              height={layout.frame.bottom - layout.frame.top - 1}
            />
          )}
        </svg>
      )}
      {pointed && (
        <div className={styles.readout}>
          {formatInteger(pointed.step)} · {formatNumber(pointed.value)} ·{" "}
          {formatNumber(pointed.share * 100)}
          {"\u202f%"}
        </div>
      )}
    </div>
  );
}

function layOut(grid: HeatGrid, width: number, height: number) {
  const yTicks = yAxisTicks(grid.values, height - 30);
  const frame = frameFor(width, height, yTicks);
  const inside = grid.columns.map(({ step }) => step);
  const [first = 0, last = 0] = [inside[0], inside.at(-1)];
  return {
    frame,
    x: createScale("linear", grid.steps, [frame.left, frame.right]),
    y: createScale("linear", grid.values, [frame.bottom, frame.top]),
    yTicks,
    xTicks: stepAxisTicks(grid.steps, frame.right - frame.left).filter(
      ({ value }) => value >= first && value <= last,
    ),
  };
}

function paint(
  canvas: HTMLCanvasElement,
  grid: HeatGrid,
  { frame, x }: ReturnType<typeof layOut>,
  { width, height }: { width: number; height: number },
): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = getComputedStyle(canvas).getPropertyValue("--chart-ink");
  const rowHeight = (frame.bottom - frame.top) / grid.numRows;
  for (const { from, to, shares } of grid.columns) {
    const left = Math.round(x.toPixel(from));
    const columnWidth = Math.max(1, Math.round(x.toPixel(to)) - left);
    for (const [row, share] of shares.entries()) {
      if (share <= 0) continue;
      // The root lets thin tails be seen beside the peak.
      context.globalAlpha = Math.sqrt(share / grid.maxShare);
      const top = Math.round(frame.bottom - (row + 1) * rowHeight);
      const bottom = Math.round(frame.bottom - row * rowHeight);
      context.fillRect(left, top, columnWidth, bottom - top);
    }
  }
}
