/** The runs of one chart by end value: found by name, brought forward by pointing, hidden, left alone. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { type DrawnLine, drawnLine } from "@/charts/line/drawn-line";
import { type LineStats, lineStats, valueNear } from "@/charts/line/line-stats";
import type { Domain, LineSeries, ScaleKind, XKind } from "@/charts/line/types";
import { axisId, useCrosshair, usePointerBus } from "@/charts/pointer-bus";
import { StrokeSwatch } from "@/charts/stroke-swatch";
import { classNames } from "@/lib/class-names";
import { formatExact, formatNumber } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { SearchField } from "@/ui/search-field";
import styles from "./chart-legend.module.css";

export interface ChartLegendProps {
  lines: readonly LineSeries[];
  xKind: XKind;
  xKey: string | null;
  xScale: ScaleKind;
  /** The range whose values count; null for all. */
  zoom: Domain | null;
  /** With the value at the crosshair, the smallest and the largest. */
  isTable?: boolean;
  onHide?: ((run: string) => void) | undefined;
  onSolo?: ((run: string) => void) | undefined;
}

interface Row {
  line: DrawnLine;
  stats: LineStats;
}

const ROW_HEIGHT = 26;
/** From so many on, finding one by eye takes longer than typing. */
const SEARCH_FROM = 9;

export function ChartLegend(props: ChartLegendProps) {
  const { lines, xScale, zoom, isTable = false } = props;
  const m = useMessages();
  const bus = usePointerBus();
  const [search, setSearch] = useState("");
  const rows = useMemo(() => rank(lines, xScale, zoom), [lines, xScale, zoom]);
  const wanted = search.trim().toLowerCase();
  const found = rows.filter(({ line }) => line.name.toLowerCase().includes(wanted));
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  return (
    <div
      className={classNames(styles.legend, isTable && styles.table)}
      onPointerLeave={() => bus.highlight(null)}
    >
      {rows.length >= SEARCH_FROM && (
        <div className={styles.search}>
          <SearchField label={m.chart.findRun} value={search} onChange={setSearch} />
        </div>
      )}
      <div className={styles.head}>
        <span>{m.chart.run}</span>
        {isTable && (
          <>
            <span className={styles.figure}>{m.chart.atCrosshair}</span>
            <span className={styles.figure}>{m.chart.min}</span>
            <span className={styles.figure}>{m.chart.max}</span>
          </>
        )}
        <span className={styles.figure}>{m.chart.last}</span>
      </div>
      {found.length === 0 && <p className={styles.none}>{m.chart.noRun(search)}</p>}
      <div ref={scroller} className={styles.scroller}>
        <ul className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = found[index];
            return row && <LegendRow key={row.line.id} {...props} row={row} top={start} />;
          })}
        </ul>
      </div>
    </div>
  );
}

function LegendRow(props: ChartLegendProps & { row: Row; top: number }) {
  const { row, top, isTable, onHide, onSolo } = props;
  const { line, stats } = row;
  const m = useMessages();
  const bus = usePointerBus();
  const name = (
    <>
      <StrokeSwatch color={line.color} dash={line.dash} />
      <span className={styles.name} dir="auto">
        {line.name}
      </span>
    </>
  );
  return (
    <li
      className={styles.row}
      style={{ top }}
      onPointerEnter={() => bus.highlight(line.id)}
      data-testid="legend-row"
    >
      {onSolo ? (
        <button
          type="button"
          className={styles.run}
          title={m.chart.soloRun(line.name)}
          onClick={() => onSolo(line.id)}
        >
          {name}
        </button>
      ) : (
        <span className={styles.run} title={line.name}>
          {name}
        </span>
      )}
      {isTable && (
        <>
          <AtCrosshair {...props} />
          <Figure value={stats.min} />
          <Figure value={stats.max} />
        </>
      )}
      <Figure value={stats.last} />
      {onHide && (
        <span className={styles.tools}>
          <IconButton
            icon="eye"
            label={m.chart.hideRun(line.name)}
            onClick={() => onHide(line.id)}
          />
        </span>
      )}
    </li>
  );
}

/** Apart from the row: it changes with every move of the pointer. */
function AtCrosshair({ row, xKind, xKey }: ChartLegendProps & { row: Row }) {
  const x = useCrosshair(axisId(xKind, xKey));
  return <Figure value={x === null ? null : valueNear(row.line, x)} />;
}

function Figure({ value }: { value: number | null }) {
  return (
    <span className={styles.figure} title={value === null ? undefined : formatExact(value)}>
      {formatNumber(value)}
    </span>
  );
}

/** Largest end value first, as at the right edge of the chart; those that end on none last. */
function rank(lines: readonly LineSeries[], xScale: ScaleKind, zoom: Domain | null): Row[] {
  const rows = lines.map((series) => {
    const line = drawnLine(series, xScale, zoom);
    return { line, stats: lineStats(line) };
  });
  const height = ({ stats }: Row) => stats.last ?? Number.NEGATIVE_INFINITY;
  return rows.sort((a, b) => height(b) - height(a) || 0);
}
