/** Which columns are shown. */
import type { ProjectRef } from "@/api/client";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Popover } from "@/ui/popover";
import { type Column, hasColumn, NAME, toggleColumn } from "../columns";
import { KeyLabel } from "./key-label";
import { KeyPicker } from "./key-picker";
import picker from "./key-picker.module.css";

interface ColumnsControlProps {
  project: ProjectRef;
  columns: readonly Column[];
  onColumns: (columns: readonly Column[]) => void;
  /** A wide button with a word, where there is room for one. */
  isWide?: boolean;
}

export function ColumnsControl(props: ColumnsControlProps) {
  const { project, columns, onColumns, isWide = false } = props;
  const m = useMessages();
  const chosen = columns.map(({ key }) => key).filter((key) => key !== NAME);
  const trigger = isWide ? (
    <Button>{m.runs.columns}</Button>
  ) : (
    <IconButton icon="columns" label={m.runs.columns} />
  );
  return (
    <Popover label={m.runs.columns} trigger={trigger} align="end">
      <KeyPicker
        project={project}
        label={m.runs.findColumn}
        first={chosen}
        row={(key) => (
          <button
            type="button"
            className={picker.item}
            aria-pressed={hasColumn(columns, key)}
            onClick={() => onColumns(toggleColumn(columns, key))}
          >
            <span className={picker.mark}>
              {hasColumn(columns, key) && <Icon name="check" size={14} />}
            </span>
            <KeyLabel name={key} />
          </button>
        )}
      />
      {chosen.length > 0 && (
        <div className={picker.foot}>
          <Button onClick={() => onColumns(columns.filter(({ key }) => key === NAME))}>
            {m.runs.noColumns}
          </Button>
        </div>
      )}
    </Popover>
  );
}
