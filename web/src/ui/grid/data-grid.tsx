/** A table of any size: only the rows and columns in sight exist. It knows nothing of its data. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { classNames } from "@/lib/class-names";
import { formatInteger } from "@/lib/format";
import { Skeleton } from "../skeleton";
import styles from "./data-grid.module.css";

export interface GridColumn {
  name: string;
  isNumber: boolean;
  width: number;
}

interface DataGridProps {
  label: string;
  columns: readonly GridColumn[];
  numRows: number;
  rowHeight?: number;
  /** undefined: on its way. */
  cell: (row: number, column: number) => ReactNode | undefined;
  /** Rows from `first` to `last` are in sight: time to load them. */
  onRows?: (first: number, last: number) => void;
}

const ROW = 28;
const HEAD = 30;

export function DataGrid(props: DataGridProps) {
  const { label, columns, numRows, rowHeight = ROW, cell, onRows } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const indexWidth = 22 + 8 * formatInteger(numRows).length;
  const rows = useVirtualizer({
    count: numRows,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    paddingStart: HEAD,
    overscan: 10,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => columns[index]?.width ?? 0,
    paddingStart: indexWidth,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizers remember sizes until told that they changed
  useEffect(() => {
    rows.measure();
    across.measure();
  }, [rowHeight, columns, indexWidth]);

  const shownRows = rows.getVirtualItems();
  const shownColumns = across.getVirtualItems();
  const [first, last] = [shownRows[0]?.index ?? 0, shownRows.at(-1)?.index ?? 0];
  const tellRows = useEffectEvent(onRows ?? (() => undefined));
  useEffect(() => tellRows(first, last), [first, last]);

  const width = across.getTotalSize();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows that do not exist
    <div
      ref={scroll}
      className={styles.grid}
      role="table"
      aria-label={label}
      aria-rowcount={numRows + 1}
      aria-colcount={columns.length}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
      tabIndex={0}
    >
      <div className={styles.content} style={{ width, height: rows.getTotalSize() }}>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: rows are read, not operated */}
        <div className={styles.head} style={{ width }} role="row" aria-rowindex={1}>
          <span className={styles.index} style={{ width: indexWidth }} />
          {shownColumns.map(({ index, start, size }) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <span
              key={index}
              className={classNames(styles.title, columns[index]?.isNumber && styles.number)}
              style={{ left: start, width: size }}
              role="columnheader"
              aria-colindex={index + 1}
              title={columns[index]?.name}
              dir="auto"
            >
              {columns[index]?.name}
            </span>
          ))}
        </div>
        {shownRows.map((row) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={row.index}
            className={styles.row}
            style={{ width, height: row.size, transform: `translateY(${row.start}px)` }}
            role="row"
            aria-rowindex={row.index + 2}
          >
            <span className={styles.index} style={{ width: indexWidth }} aria-hidden="true">
              {formatInteger(row.index + 1)}
            </span>
            {shownColumns.map(({ index, start, size }) => (
              // biome-ignore lint/a11y/useSemanticElements: see above
              <span
                key={index}
                className={classNames(styles.cell, columns[index]?.isNumber && styles.number)}
                style={{ left: start, width: size }}
                role="cell"
                aria-colindex={index + 1}
              >
                {cell(row.index, index) ?? <Skeleton width="60%" />}
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
