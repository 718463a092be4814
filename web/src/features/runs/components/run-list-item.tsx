import { type MouseEvent, memo } from "react";
import type { RunRow } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatCount, formatInteger, MISSING } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Icon } from "@/ui/icons";
import { StateMark } from "@/ui/state-mark";
import { cellOf } from "../cells";
import { InPlace } from "./in-place";
import { RunLink } from "./run-link";
import styles from "./run-list.module.css";
import { RunSwatch } from "./run-swatch";
import { SelectBox } from "./select-box";

export interface RowHandlers {
  onToggle: (id: string) => void;
  onSolo: (id: string) => void;
  onSelect: (id: string, isRange: boolean) => void;
  onHighlight: (id: string | null) => void;
  onOpen: (run: RunRow) => void;
  onRename: (run: RunRow, name: string | null) => void;
}

interface RunListItemProps extends RowHandlers {
  run: RunRow;
  dash: readonly number[];
  columns: readonly string[];
  /** 0 where nothing shown depends on it. */
  now: number;
  isVisible: boolean;
  isActive: boolean;
  isSelected: boolean;
  isPinned: boolean;
  isRenaming: boolean;
}

/** Memoised: while runs are live, the few rows that changed are drawn again, not all. */
export const RunListItem = memo(function RunListItem(props: RunListItemProps) {
  const { run, dash, columns, now, isVisible, isActive, isSelected, isPinned } = props;
  const m = useMessages();
  const { id } = run;
  const name = runName(run);
  const onEye = ({ altKey }: MouseEvent) => (altKey ? props.onSolo(id) : props.onToggle(id));
  return (
    <div
      className={classNames(
        styles.row,
        isActive && styles.active,
        isSelected && styles.selected,
        !isVisible && styles.hidden,
      )}
      data-testid="run-row"
      data-run={id}
      onPointerEnter={() => props.onHighlight(isVisible ? id : null)}
    >
      <span className={styles.lead}>
        <span className={styles.state}>
          <StateMark state={run.state} />
        </span>
        <span className={styles.box}>
          <SelectBox
            label={m.runs.select(name)}
            isChecked={isSelected}
            isFocusable
            onSelect={(isRange) => props.onSelect(id, isRange)}
          />
        </span>
      </span>
      <button
        type="button"
        className={styles.eye}
        aria-pressed={isVisible}
        aria-label={isVisible ? m.runs.hide(name) : m.runs.show(name)}
        title={m.runs.eyeHint}
        onClick={onEye}
      >
        <Icon name={isVisible ? "eye" : "eyeOff"} size={14} />
      </button>
      <RunSwatch run={run} dash={dash} isHidden={!isVisible} />
      {props.isRenaming ? (
        <InPlace
          label={m.runs.rename}
          value={run.display_name}
          onDone={(next) => props.onRename(run, next)}
        />
      ) : (
        <RunLink run={run} className={styles.name} onOpen={props.onOpen} />
      )}
      {isPinned && (
        <span className={styles.pin} title={m.runs.pinned}>
          <Icon name="pin" size={12} />
        </span>
      )}
      {columns.map((key) => (
        <ListCell key={key} run={run} name={key} now={now} />
      ))}
      {columns.length === 0 && run.state === "running" && run.last_step !== null && (
        <span className={styles.step} title={m.runs.step(formatInteger(run.last_step))}>
          {formatCount(run.last_step)}
        </span>
      )}
      <button
        type="button"
        className={styles.more}
        aria-label={m.runs.menuOf(name)}
        aria-haspopup="menu"
        onClick={openContextMenu}
      >
        <Icon name="more" size={14} />
      </button>
    </div>
  );
});

function ListCell({ run, name, now }: { run: RunRow; name: string; now: number }) {
  const { text, full } = cellOf(run, name, now);
  return (
    <span className={styles.cell} title={full} dir="auto">
      {text === "" ? <span className={styles.missing}>{MISSING}</span> : text}
    </span>
  );
}

/** The list has one menu for all rows, which opens as on a right click: at the button. */
function openContextMenu({ currentTarget }: MouseEvent): void {
  const { right, bottom } = currentTarget.getBoundingClientRect();
  const place = { clientX: right - 8, clientY: bottom, bubbles: true, cancelable: true };
  currentTarget.dispatchEvent(new window.MouseEvent("contextmenu", place));
}
