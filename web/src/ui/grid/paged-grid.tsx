/** A grid whose rows come in pages, as they are scrolled into sight. */
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { DataGrid, type GridColumn } from "./data-grid";

interface PagedGridProps<Row> {
  label: string;
  columns: readonly GridColumn[];
  numRows: number;
  rowHeight?: number;
  pageSize: number;
  /** Rows that are known already, from the first on. */
  firstPage: readonly Row[];
  loadPage: (page: number, signal: AbortSignal) => Promise<readonly Row[]>;
  cell: (row: Row, column: number, index: number) => ReactNode;
}

/** Pages kept at most; far ones are asked for again. */
const MAX_PAGES = 40;
/** Scrolling through a million rows asks for those where it stops. */
const SETTLE_MS = 80;

export function PagedGrid<Row>(props: PagedGridProps<Row>) {
  const { firstPage, pageSize, loadPage, cell } = props;
  const first = useMemo(() => new Map([[0, firstPage]]), [firstPage]);
  const [later, setLater] = useState<ReadonlyMap<number, readonly Row[]>>(new Map());
  const [seen, setSeen] = useState<readonly [number, number]>([0, 0]);
  const asked = useRef(new Set<number>());
  const controller = useRef<AbortController | null>(null);

  const load = useEffectEvent((from: number, to: number) => {
    controller.current ??= new AbortController();
    const { signal } = controller.current;
    for (let page = from; page <= to; page++) {
      if (page === 0 || asked.current.has(page)) continue;
      asked.current.add(page);
      loadPage(page, signal).then(
        (rows) => setLater((pages) => keep(pages, page, rows, asked.current)),
        // Asked for again when it comes into sight the next time.
        () => asked.current.delete(page),
      );
    }
  });
  useEffect(() => {
    const timer = setTimeout(() => load(...seen), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [seen]);
  useEffect(
    () => () => {
      controller.current?.abort();
      controller.current = null;
    },
    [],
  );

  return (
    <DataGrid
      label={props.label}
      columns={props.columns}
      numRows={props.numRows}
      {...(props.rowHeight === undefined ? {} : { rowHeight: props.rowHeight })}
      onRows={(from, to) => setSeen([Math.floor(from / pageSize), Math.floor(to / pageSize)])}
      cell={(index, column) => {
        const page = Math.floor(index / pageSize);
        const row = (page === 0 ? first : later).get(page)?.[index % pageSize];
        return row === undefined ? undefined : cell(row, column, index);
      }}
    />
  );
}

function keep<Row>(
  pages: ReadonlyMap<number, readonly Row[]>,
  page: number,
  rows: readonly Row[],
  asked: Set<number>,
): ReadonlyMap<number, readonly Row[]> {
  const next = new Map(pages).set(page, rows);
  for (const oldest of next.keys()) {
    if (next.size <= MAX_PAGES) break;
    next.delete(oldest);
    asked.delete(oldest);
  }
  return next;
}
