/** The values under the crosshair, sorted; the nearest run stands out. */
import type { CSSProperties } from "react";
import { createPortal } from "react-dom";
import { classNames } from "@/lib/class-names";
import { formatNumber } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { StrokeSwatch } from "../stroke-swatch";
import styles from "./chart-tooltip.module.css";
import type { Hover, HoverRow } from "./hover";
import { xTitle } from "./read-out";
import type { XKind } from "./types";

interface ChartTooltipProps {
  hover: Hover;
  x: XKind;
  xKey: string | null;
  unit: string | undefined;
  left: number;
  top: number;
}

const MAX_ROWS = 12;
const OFFSET = 16;
const MAX_WIDTH = 320;
const FINGER = 32;

export function ChartTooltip({ hover, x, xKey, unit, left, top }: ChartTooltipProps) {
  const m = useMessages();
  const { rows, above, below } = rowsAround(hover);
  const at = hover.rows.find(({ id }) => id === hover.nearest)?.x ?? hover.x;
  const position = placeAt(left, top);
  return createPortal(
    <div className={styles.tooltip} style={position} role="tooltip" data-testid="chart-tooltip">
      <div className={styles.title}>{xTitle(x, xKey, at, m)}</div>
      {above > 0 && <div className={styles.more}>{m.chart.moreAbove(above)}</div>}
      <ul>
        {rows.map((row) => (
          <TooltipRow key={row.id} row={row} unit={unit} isNearest={row.id === hover.nearest} />
        ))}
      </ul>
      {below > 0 && <div className={styles.more}>{m.chart.moreBelow(below)}</div>}
    </div>,
    document.body,
  );
}

interface TooltipRowProps {
  row: HoverRow;
  unit: string | undefined;
  isNearest: boolean;
}

/** To the side with room, so that it never covers what is read. */
export function placeAt(left: number, top: number): CSSProperties {
  const isAbove = top > window.innerHeight * 0.6;
  // On a phone neither side has room: across, clear of the finger.
  if (window.innerWidth < 2 * (MAX_WIDTH + OFFSET)) {
    const isLow = top > window.innerHeight / 2;
    const below = { top: top + FINGER };
    const above = { bottom: window.innerHeight - top + FINGER };
    return {
      insetInline: 8,
      marginInline: "auto",
      maxWidth: MAX_WIDTH,
      ...(isLow ? above : below),
    };
  }
  const isLeft = left + OFFSET + MAX_WIDTH > window.innerWidth;
  return {
    ...(isLeft ? { right: window.innerWidth - left + OFFSET } : { left: left + OFFSET }),
    ...(isAbove ? { bottom: window.innerHeight - top + 8 } : { top: top + 8 }),
    maxWidth: MAX_WIDTH,
  };
}

function TooltipRow({ row, unit, isNearest }: TooltipRowProps) {
  return (
    <li className={classNames(styles.row, isNearest && styles.nearest)}>
      <StrokeSwatch color={row.color} dash={row.dash} />
      <span className={styles.name} dir="auto">
        {row.name}
      </span>
      <span className={styles.value}>
        {formatNumber(row.y)}
        {unit !== undefined && ` ${unit}`}
        {row.original !== null && (
          <span className={styles.original}> ({formatNumber(row.original)})</span>
        )}
      </span>
      {isNearest && row.min !== null && row.max !== null && row.min < row.max && (
        <span className={styles.range}>
          {formatNumber(row.min)} – {formatNumber(row.max)}
        </span>
      )}
    </li>
  );
}

/** At most `MAX_ROWS` rows, kept around the nearest one. */
function rowsAround({ rows, nearest }: Hover) {
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === nearest),
  );
  const last = Math.max(0, rows.length - MAX_ROWS);
  const above = Math.min(Math.max(0, at - MAX_ROWS / 2), last);
  const shown = rows.slice(above, above + MAX_ROWS);
  return { rows: shown, above, below: rows.length - above - shown.length };
}
