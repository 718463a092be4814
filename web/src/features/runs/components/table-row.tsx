// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; the roles say what it is
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays with the grid, which names the active cell
import { type MouseEvent, memo } from "react";
import type { RunRow } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Icon } from "@/ui/icons";
import type { PlacedColumn } from "../table-cursor";
import { InPlace } from "./in-place";
import { RunSwatch } from "./run-swatch";
import styles from "./run-table.module.css";
import { SelectBox } from "./select-box";
import { TableCell } from "./table-cell";

export interface TableRowHandlers {
  onToggle: (id: string) => void;
  onSolo: (id: string) => void;
  onSelect: (id: string, isRange: boolean) => void;
  onOpen: (run: RunRow) => void;
  onCell: (id: string, key: string) => void;
  onEdit: (id: string, key: string) => void;
  onEdited: (run: RunRow, key: string, text: string | null) => void;
}

interface TableRowProps extends TableRowHandlers {
  run: RunRow;
  rowIndex: number;
  gridId: string;
  placed: readonly PlacedColumn[];
  first: number;
  end: number;
  /** The width of the columns that stay, with what stands before them. */
  pinnedWidth: number;
  now: number;
  dash: readonly number[];
  isVisible: boolean;
  isSelected: boolean;
  /** The key of the column whose cell the keys act on, in this row. */
  activeKey: string | null;
  editingKey: string | null;
}

/** Memoised, and only the cells in sight: a hundred thousand rows scroll as twenty do. */
export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { run, placed, first, end, pinnedWidth, isVisible, isSelected, dash } = props;
  const m = useMessages();
  const name = runName(run);
  const onEye = ({ altKey }: MouseEvent) =>
    altKey ? props.onSolo(run.id) : props.onToggle(run.id);
  const pinned = placed.filter(({ isPinned }) => isPinned);
  return (
    <div
      className={classNames(
        styles.row,
        isSelected && styles.selected,
        props.activeKey !== null && styles.current,
        !isVisible && styles.hidden,
      )}
      role="row"
      aria-rowindex={props.rowIndex + 2}
      aria-selected={isSelected}
      data-run={run.id}
      data-testid="table-row"
    >
      <div className={styles.pinned} style={{ width: pinnedWidth }}>
        <div className={styles.lead} role="gridcell">
          <SelectBox
            label={m.runs.select(name)}
            isChecked={isSelected}
            onSelect={(isRange) => props.onSelect(run.id, isRange)}
          />
          <button
            type="button"
            className={styles.eye}
            tabIndex={-1}
            aria-pressed={isVisible}
            aria-label={isVisible ? m.runs.hide(name) : m.runs.show(name)}
            title={m.runs.eyeHint}
            onClick={onEye}
          >
            <Icon name={isVisible ? "eye" : "eyeOff"} size={14} />
          </button>
          <RunSwatch run={run} dash={dash} isHidden={!isVisible} />
        </div>
        {pinned.map((column, index) => (
          <Slot key={column.key} {...props} column={column} columnIndex={index} />
        ))}
      </div>
      {placed.slice(first, end).map((column, index) => (
        <Slot key={column.key} {...props} column={column} columnIndex={first + index} />
      ))}
    </div>
  );
});

interface SlotProps extends TableRowProps {
  column: PlacedColumn;
  columnIndex: number;
}

function Slot({ column, columnIndex, run, gridId, now, ...props }: SlotProps) {
  const m = useMessages();
  const { key, left, width, isPinned, isNumber } = column;
  const isActive = props.activeKey === key;
  const isEditing = props.editingKey === key;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the table hears the keys of all its cells
    <div
      id={cellId(gridId, run.id, key)}
      className={classNames(styles.cell, isNumber && styles.numbers, isActive && styles.active)}
      style={isPinned ? { width } : { left: props.pinnedWidth + left, width }}
      role="gridcell"
      aria-colindex={columnIndex + 2}
      data-column={key}
      onClick={() => props.onCell(run.id, key)}
      onDoubleClick={() => props.onEdit(run.id, key)}
    >
      {isEditing ? (
        <InPlace
          label={m.runs.editing(key, runName(run))}
          value={editedText(run, key)}
          onDone={(text) => props.onEdited(run, key, text)}
        />
      ) : (
        <TableCell run={run} name={key} now={now} onOpen={props.onOpen} />
      )}
    </div>
  );
}

export function cellId(gridId: string, run: string, key: string): string {
  return `${gridId}-${run}-${key}`;
}

/** What is edited in place; tags have a dialog of their own. */
const EDITABLE: ReadonlySet<string> = new Set(["name", "notes", "group"]);

export function isEditable(key: string): boolean {
  return EDITABLE.has(key);
}

function editedText(run: RunRow, key: string): string {
  if (key === "name") return run.display_name;
  if (key === "group") return run.group ?? "";
  const notes = run.values?.notes;
  return typeof notes === "string" ? notes : "";
}
