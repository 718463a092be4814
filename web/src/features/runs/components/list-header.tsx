/** What stands above the rows: the box for all of them, the eye for all, what the columns are. */
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { Checkbox } from "@/ui/checkbox";
import { Icon } from "@/ui/icons";
import { isSortable } from "../cells";
import { NAME } from "../columns";
import { nextSort, type SortKey } from "../sorting";
import { keyLabel } from "./key-label";
import styles from "./run-list.module.css";

interface ListHeaderProps {
  columns: readonly string[];
  sort: readonly SortKey[];
  numSelected: number;
  numLoaded: number;
  isAnyVisible: boolean;
  onSort: (sort: readonly SortKey[]) => void;
  onSelectAll: () => void;
  onEyes: () => void;
}

export function ListHeader(props: ListHeaderProps) {
  const { columns, sort, numSelected, numLoaded, isAnyVisible, onSort } = props;
  const m = useMessages();
  return (
    <div className={styles.columns}>
      <span className={styles.lead}>
        <Checkbox
          label={m.runs.selectAll}
          isLabelHidden
          checked={numSelected > 0 && numSelected === numLoaded}
          isIndeterminate={numSelected > 0 && numSelected < numLoaded}
          onChange={props.onSelectAll}
        />
      </span>
      <button
        type="button"
        className={styles.eye}
        aria-label={isAnyVisible ? m.runs.hideAll : m.runs.reset}
        title={isAnyVisible ? m.runs.hideAll : m.runs.reset}
        onClick={props.onEyes}
      >
        <Icon name={isAnyVisible ? "eye" : "eyeOff"} size={14} />
      </button>
      <HeaderCell name={NAME} sort={sort} onSort={onSort} />
      {columns.map((key) => (
        <HeaderCell key={key} name={key} sort={sort} onSort={onSort} />
      ))}
    </div>
  );
}

interface HeaderCellProps {
  name: string;
  sort: readonly SortKey[];
  onSort: (sort: readonly SortKey[]) => void;
}

function HeaderCell({ name, sort, onSort }: HeaderCellProps) {
  const m = useMessages();
  const label = keyLabel(name, m);
  const found = sort.find(({ key }) => key === name);
  return (
    <button
      type="button"
      className={classNames(
        styles.columnName,
        name === NAME ? styles.nameColumn : styles.cell,
        found && styles.sorted,
      )}
      title={name === NAME ? m.runs.sortHint : name}
      disabled={!isSortable(name)}
      onClick={({ shiftKey }) => onSort(nextSort(sort, name, shiftKey))}
    >
      {found && (
        <span className={classNames(styles.arrow, found.isDescending && styles.descending)}>
          <Icon name="chevron" size={10} />
          <span className="visually-hidden">{m.runs.sortedBy(label, found.isDescending)}</span>
        </span>
      )}
      <span className={styles.columnText} dir="auto">
        {label}
      </span>
    </button>
  );
}
