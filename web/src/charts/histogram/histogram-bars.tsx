/** The histogram of one step as bars. */
import { useMemo, useRef, useState } from "react";
import { formatInteger, formatNumber } from "@/lib/format";
import { createScale } from "../line/scale";
import { logTicks } from "../line/ticks";
import type { Domain } from "../line/types";
import { type Size, useSize } from "../use-size";
import { frameFor, valueTicks, yAxisTicks } from "./frame";
import styles from "./histogram.module.css";
import { barsScene, type Histogram } from "./model";

interface HistogramBarsProps {
  label: string;
  histogram: Histogram;
  /** The same for all steps, so that the picture holds still while the step changes. */
  values: Domain;
  /** Heights by the logarithm of the counts. */
  isLog: boolean;
}

export function HistogramBars({ label, histogram, values, isLog }: HistogramBarsProps) {
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const [pointed, setPointed] = useState<number | null>(null);
  const layout = useMemo(
    () => size && layOut(histogram, values, isLog, size),
    [histogram, values, isLog, size],
  );
  const bar = pointed === null ? undefined : layout?.bars[pointed];
  return (
    <div ref={root} className={styles.chart} role="img" aria-label={label}>
      {layout && (
        <svg
          className={styles.canvas}
          aria-hidden="true"
          onPointerLeave={() => setPointed(null)}
          onPointerMove={(event) => {
            const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
            const at = layout.bars.findIndex(({ left, width }) => x >= left && x <= left + width);
            setPointed(at < 0 ? null : at);
          }}
        >
          {layout.yTicks.map(({ value, y }) => (
            <path
              key={value}
              className={styles.grid}
              d={`M${layout.frame.left} ${y}H${layout.frame.right}`}
            />
          ))}
          {layout.bars.map((each, i) => (
            <rect
              key={each.from}
              className={styles.bar}
              data-on={i === pointed}
              x={each.left}
              y={each.top}
              width={Math.max(0.5, each.width - Math.min(1, each.width / 4))}
              height={each.height}
            />
          ))}
          <path
            className={styles.axis}
            d={`M${layout.frame.left} ${layout.frame.bottom + 0.5}H${layout.frame.right}`}
          />
        </svg>
      )}
      {layout && (
        <svg className={styles.overlay} aria-hidden="true">
          {layout.yTicks.map(({ value, label: text, y }) => (
            <text key={value} x={layout.frame.left - 6} y={y + 4} textAnchor="end">
              {text}
            </text>
          ))}
          {layout.xTicks.map(({ value, label: text, x }) => (
            <text key={value} x={x} y={layout.frame.bottom + 15} textAnchor="middle">
              {text}
            </text>
          ))}
        </svg>
      )}
      {bar && (
        <div className={styles.readout}>
          {formatNumber(bar.from)} … {formatNumber(bar.to)} · {formatCounted(bar.count)}
        </div>
      )}
    </div>
  );
}

/** Counts may be densities. */
function formatCounted(count: number): string {
  return Number.isInteger(count) ? formatInteger(count) : formatNumber(count);
}

function layOut(histogram: Histogram, values: Domain, isLog: boolean, { width, height }: Size) {
  const highest = Math.max(...histogram.counts, Number.MIN_VALUE);
  const ticks = isLog
    ? logTicks([1, Math.max(10, highest)], 4).filter(({ value }) => value <= highest)
    : yAxisTicks([0, highest], height - 30);
  const frame = frameFor(width, height, ticks);
  const scaled = (count: number) => (isLog ? Math.log10(1 + count) : count);
  const perUnit = (frame.bottom - frame.top) / scaled(highest);
  const x = createScale("linear", values, [frame.left, frame.right]);
  return {
    frame,
    bars: barsScene(histogram, values, { ...frame, isLog }),
    yTicks: ticks.map((tick) => ({
      ...tick,
      y: Math.round(frame.bottom - scaled(tick.value) * perUnit) + 0.5,
    })),
    xTicks: valueTicks(values, frame.right - frame.left).map((tick) => ({
      ...tick,
      x: x.toPixel(tick.value),
    })),
  };
}
