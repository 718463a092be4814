// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; the roles say what it is
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays with the grid, which names the active cell
/** The heads of the columns: to sort by, to drag, to widen, with a menu each. */
import { type DragEvent, type PointerEvent, useState } from "react";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { Checkbox } from "@/ui/checkbox";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/menu";
import { isSortable } from "../cells";
import { NAME } from "../columns";
import { nextSort, type SortKey } from "../sorting";
import type { PlacedColumn } from "../table-cursor";
import { KeyLabel, keyLabel } from "./key-label";
import styles from "./run-table.module.css";

export interface ColumnVerbs {
  onSort: (sort: readonly SortKey[]) => void;
  onMove: (key: string, before: string | null) => void;
  onPinColumn: (key: string, isPinned: boolean) => void;
  onHideColumn: (key: string) => void;
  /** While it is dragged, and when it is let go. */
  onResize: (key: string, width: number, isDone: boolean) => void;
}

interface TableHeaderProps extends ColumnVerbs {
  placed: readonly PlacedColumn[];
  first: number;
  end: number;
  pinnedWidth: number;
  sort: readonly SortKey[];
  /** Columns that are called like another one: they say where they are from. */
  doubled: ReadonlySet<string>;
  numSelected: number;
  numLoaded: number;
  onSelectAll: () => void;
}

export function TableHeader(props: TableHeaderProps) {
  const { placed, first, end, pinnedWidth, numSelected, numLoaded } = props;
  const m = useMessages();
  const [dropBefore, setDropBefore] = useState<string | null>(null);
  const head = (column: PlacedColumn, index: number) => (
    <Head
      key={column.key}
      {...props}
      column={column}
      columnIndex={index}
      isDropTarget={dropBefore === column.key}
      onDropBefore={setDropBefore}
    />
  );
  return (
    <div className={styles.header} role="row" aria-rowindex={1}>
      <div className={styles.pinned} style={{ width: pinnedWidth }}>
        <div className={styles.lead} role="columnheader">
          <Checkbox
            label={m.runs.selectAll}
            isLabelHidden
            checked={numSelected > 0 && numSelected === numLoaded}
            isIndeterminate={numSelected > 0 && numSelected < numLoaded}
            onChange={props.onSelectAll}
          />
        </div>
        {placed.flatMap((column, index) => (column.isPinned ? [head(column, index)] : []))}
      </div>
      {placed.slice(first, end).map((column, index) => head(column, first + index))}
    </div>
  );
}

interface HeadProps extends TableHeaderProps {
  column: PlacedColumn;
  columnIndex: number;
  isDropTarget: boolean;
  onDropBefore: (key: string | null) => void;
}

/** What is dragged, for those who are dragged over: the browser keeps the data until the drop. */
const DRAGGED = "application/x-runstone-column";

function Head(props: HeadProps) {
  const { column, columnIndex, sort, isDropTarget, onDropBefore } = props;
  const { key, left, width, isPinned } = column;
  const m = useMessages();
  const label = keyLabel(key, m);
  const rank = sort.findIndex((one) => one.key === key);
  const found = sort[rank];
  const drag = {
    draggable: key !== NAME,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(DRAGGED, key);
      event.dataTransfer.effectAllowed = "move";
    },
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED) || key === NAME) return;
      event.preventDefault();
      onDropBefore(key);
    },
    onDragLeave: () => onDropBefore(null),
    onDragEnd: () => onDropBefore(null),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      onDropBefore(null);
      const dragged = event.dataTransfer.getData(DRAGGED);
      if (dragged !== "") props.onMove(dragged, key);
    },
  };
  return (
    <div
      className={classNames(
        styles.head,
        column.isNumber && styles.numbers,
        isDropTarget && styles.dropTarget,
      )}
      style={isPinned ? { width } : { left: props.pinnedWidth + left, width }}
      role="columnheader"
      aria-colindex={columnIndex + 2}
      aria-sort={found ? (found.isDescending ? "descending" : "ascending") : "none"}
      {...drag}
    >
      <button
        type="button"
        className={styles.headButton}
        title={key === NAME ? m.runs.sortHint : key}
        disabled={!isSortable(key)}
        onClick={({ shiftKey }) => props.onSort(nextSort(sort, key, shiftKey))}
      >
        {props.doubled.has(key) ? (
          <KeyLabel name={key} />
        ) : (
          <span className={styles.headText} dir="auto">
            {label}
          </span>
        )}
        {found && (
          <span className={classNames(styles.arrow, found.isDescending && styles.descending)}>
            <Icon name="chevron" size={10} />
          </span>
        )}
        {found && sort.length > 1 && <span className={styles.rank}>{rank + 1}</span>}
      </button>
      <HeadMenu {...props} label={label} />
      <ResizeHandle
        label={m.runs.resizeColumn(label)}
        width={width}
        onResize={(next, isDone) => props.onResize(key, next, isDone)}
      />
    </div>
  );
}

function HeadMenu(props: HeadProps & { label: string }) {
  const { column, sort, label, onSort, onPinColumn, onHideColumn } = props;
  const { key, isPinned } = column;
  const m = useMessages();
  const others = sort.filter((one) => one.key !== key);
  const canSort = isSortable(key);
  return (
    <Menu
      label={m.runs.columnMenu(label)}
      trigger={
        <button
          type="button"
          className={styles.headMenu}
          aria-label={m.runs.columnMenu(label)}
          tabIndex={-1}
        >
          <Icon name="more" size={14} />
        </button>
      }
      items={[
        {
          label: m.runs.sortUp,
          isDisabled: !canSort,
          onSelect: () => onSort([{ key, isDescending: false }]),
        },
        {
          label: m.runs.sortDown,
          isDisabled: !canSort,
          onSelect: () => onSort([{ key, isDescending: true }]),
        },
        ...(others.length < sort.length
          ? [{ label: m.runs.sortNone, onSelect: () => onSort(others) }]
          : []),
        ...(key === NAME
          ? []
          : [
              "separator" as const,
              {
                label: isPinned ? m.runs.unpinColumn : m.runs.pinColumn,
                onSelect: () => onPinColumn(key, !isPinned),
              },
              { label: m.runs.hideColumn, onSelect: () => onHideColumn(key) },
            ]),
      ]}
    />
  );
}

interface ResizeHandleProps {
  label: string;
  width: number;
  onResize: (width: number, isDone: boolean) => void;
}

function ResizeHandle({ label, width, onResize }: ResizeHandleProps) {
  const [grip, setGrip] = useState<{ x: number; width: number } | null>(null);
  const widthAt = (event: PointerEvent) => (grip ? grip.width + event.clientX - grip.x : width);
  return (
    <span
      className={styles.resize}
      title={label}
      // The head itself can be dragged; its edge is for something else.
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setGrip({ x: event.clientX, width });
      }}
      onPointerMove={(event) => grip && onResize(widthAt(event), false)}
      onPointerUp={(event) => {
        if (grip) onResize(widthAt(event), true);
        setGrip(null);
      }}
      aria-hidden="true"
    />
  );
}
