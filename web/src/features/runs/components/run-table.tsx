// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; the roles say what it is
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays with the grid, which names the active cell
/**
 * A project's runs as a table: any number of rows and columns, of which only the cells in sight
 * exist. Keys move in it as in a spreadsheet; the focus stays with the table.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import type { RunRow } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useNow } from "@/lib/use-now";
import { useStable } from "@/lib/use-stable";
import { ContextMenu, type MenuEntry } from "@/ui/menu";
import { Skeleton } from "@/ui/skeleton";
import { doubledKeys } from "../run-keys";
import type { SortKey } from "../sorting";
import { moveCell, placeColumns, type SizedColumn } from "../table-cursor";
import { useColumnRange } from "../use-column-range";
import type { RunSelection } from "../use-selection";
import { useTableCursor } from "../use-table-cursor";
import styles from "./run-table.module.css";
import { type ColumnVerbs, TableHeader } from "./table-header";
import { cellId, isEditable, TableRow } from "./table-row";

export interface RunTableProps extends ColumnVerbs {
  runs: readonly RunRow[];
  /** Of the list, loaded or not. */
  total: number;
  columns: readonly SizedColumn[];
  sort: readonly SortKey[];
  selection: RunSelection;
  visible: ReadonlySet<string>;
  dashes: ReadonlyMap<string, readonly number[]>;
  menuOf: (run: RunRow) => MenuEntry[];
  editing: { run: string; column: string } | null;
  onEdit: (run: RunRow, column: string) => void;
  onEdited: (run: RunRow, column: string, text: string | null) => void;
  onToggle: (id: string) => void;
  onSolo: (id: string) => void;
  onOpen: (run: RunRow) => void;
  onCopy: (run: RunRow, column: string) => void;
  onActive: (run: RunRow | null) => void;
  onLoadMore: () => void;
}

/** run-table.module.css has them too. */
const ROW = 28;
const HEADER = 32;
/** The box, the eye and the swatch before the first column. */
const LEAD = 84;
const LOAD_AHEAD = 200;

export function RunTable(props: RunTableProps) {
  const { runs, total, columns, sort, selection, visible, dashes, editing, onLoadMore } = props;
  const m = useMessages();
  const gridId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [menuRun, setMenuRun] = useState<RunRow | null>(null);
  const now = useNow();
  const keys = useMemo(() => columns.map(({ key }) => key), [columns]);
  const doubled = useMemo(() => doubledKeys(keys), [keys]);
  const { placed, pinnedWidth, scrolledWidth } = useMemo(() => placeColumns(columns), [columns]);
  const lead = LEAD + pinnedWidth;
  const { first, end } = useColumnRange(scroller, placed, lead);
  const cursor = useTableCursor(runs, keys);
  const virtual = useVirtualizer({
    count: Math.max(total, runs.length),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    scrollMargin: HEADER,
    scrollPaddingStart: HEADER,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  // Whoever is far down waits for all that lies between: pages follow one another.
  useEffect(() => {
    if (lastIndex >= runs.length - LOAD_AHEAD) onLoadMore();
  }, [lastIndex, runs.length, onLoadMore]);

  const byId = useStable((id: string) => runs.find((run) => run.id === id));
  const onCell = useStable((id: string, key: string) => {
    cursor.setActive({ run: id, column: key });
    props.onActive(byId(id) ?? null);
  });
  const onEdit = useStable((id: string, key: string) => {
    const run = byId(id);
    if (run) props.onEdit(run, key);
  });
  const onEdited = useStable((run: RunRow, key: string, text: string | null) => {
    props.onEdited(run, key, text);
    scroller.current?.focus({ preventScroll: true });
  });

  const goTo = (row: number, column: number) => {
    const target = Math.min(row, runs.length - 1);
    cursor.moveTo(target, column);
    props.onActive(runs[target] ?? null);
    virtual.scrollToIndex(row);
    showColumn(scroller.current, placed[column], lead);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const run = runs[cursor.row];
    const key = cursor.active?.column;
    const hasMod = event.ctrlKey || event.metaKey;
    const shape = {
      numRows: Math.max(total, runs.length),
      numColumns: keys.length,
      pageRows: Math.max(1, Math.floor((event.currentTarget.clientHeight - HEADER) / ROW) - 1),
    };
    const from = { row: Math.max(cursor.row, 0), column: Math.max(cursor.column, 0) };
    const to = moveCell(from, { key: event.key, hasMod }, shape);
    if (to) {
      event.preventDefault();
      if (!cursor.active) return goTo(from.row, from.column);
      const isSelecting = event.shiftKey && to.row !== from.row;
      if (isSelecting && run) {
        if (selection.ids.size === 0) selection.select(run.id, false);
        const target = runs[Math.min(to.row, runs.length - 1)];
        if (target) selection.select(target.id, true);
      }
      return goTo(to.row, to.column);
    }
    if (hasMod && event.key.toLowerCase() === "a") {
      event.preventDefault();
      return selection.selectAll();
    }
    if (!run || key === undefined) return;
    const acts: Record<string, () => void> = {
      Enter: () => props.onOpen(run),
      " ": () => selection.select(run.id, event.shiftKey),
      F2: () => props.onEdit(run, key),
    };
    const isCopy = hasMod && event.key.toLowerCase() === "c";
    const act = isCopy ? () => props.onCopy(run, key) : hasMod ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    <ContextMenu
      label={menuRun ? m.runs.menuOf(menuRun.display_name) : m.runs.tableLabel}
      items={menuRun ? props.menuOf(menuRun) : []}
    >
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label={m.runs.tableLabel}
        aria-rowcount={total + 1}
        aria-colcount={keys.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={
          cursor.active ? cellId(gridId, cursor.active.run, cursor.active.column) : undefined
        }
        tabIndex={0}
        onKeyDown={onKeyDown}
        onContextMenuCapture={(event) => {
          const row = event.target instanceof Element && event.target.closest("[data-run]");
          const run = row ? byId(row.getAttribute("data-run") ?? "") : undefined;
          setMenuRun(run ?? null);
          if (!run) event.stopPropagation();
        }}
      >
        <div className={styles.canvas} style={{ width: lead + scrolledWidth }}>
          <TableHeader
            {...props}
            placed={placed}
            first={first}
            end={end}
            pinnedWidth={lead}
            sort={sort}
            doubled={doubled}
            numSelected={selection.ids.size}
            numLoaded={runs.length}
            onSelectAll={selection.selectAll}
          />
          <div className={styles.rows} style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const run = runs[index];
              const place = { transform: `translateY(${start - HEADER}px)` };
              return (
                <div key={run?.id ?? index} className={styles.slot} style={place}>
                  {run ? (
                    <TableRow
                      run={run}
                      rowIndex={index}
                      gridId={gridId}
                      placed={placed}
                      first={first}
                      end={end}
                      pinnedWidth={lead}
                      now={run.state === "running" ? now : 0}
                      dash={dashes.get(run.id) ?? SOLID}
                      isVisible={visible.has(run.id)}
                      isSelected={selection.ids.has(run.id)}
                      activeKey={cursor.active?.run === run.id ? cursor.active.column : null}
                      editingKey={editingKeyOf(editing, run.id)}
                      onToggle={props.onToggle}
                      onSolo={props.onSolo}
                      onSelect={selection.select}
                      onOpen={props.onOpen}
                      onCell={onCell}
                      onEdit={onEdit}
                      onEdited={onEdited}
                    />
                  ) : (
                    <div className={styles.ghost}>
                      <Skeleton width={160} />
                    </div>
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </ContextMenu>
  );
}

const SOLID: readonly number[] = [];

function editingKeyOf(editing: RunTableProps["editing"], run: string): string | null {
  return editing?.run === run && isEditable(editing.column) ? editing.column : null;
}

/** Scrolls sideways as far as is needed to see a column that is not pinned. */
function showColumn(
  node: HTMLElement | null,
  column: { left: number; width: number; isPinned: boolean } | undefined,
  lead: number,
): void {
  if (!node || !column || column.isPinned) return;
  const room = node.clientWidth - lead;
  if (column.left < node.scrollLeft) node.scrollLeft = column.left;
  else if (column.left + column.width > node.scrollLeft + room) {
    node.scrollLeft = column.left + column.width - room;
  }
}
