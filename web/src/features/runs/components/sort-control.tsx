/** By which key the runs are sorted, and which way round. */
import type { ProjectRef } from "@/api/client";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Popover } from "@/ui/popover";
import { nextSort, type SortKey } from "../sorting";
import { KeyLabel, keyLabel } from "./key-label";
import { KeyPicker } from "./key-picker";
import picker from "./key-picker.module.css";
import styles from "./run-list.module.css";

interface SortControlProps {
  project: ProjectRef;
  sort: readonly SortKey[];
  onSort: (sort: readonly SortKey[]) => void;
}

const FIRST = ["created_at", "name", "duration_s", "state", "user", "group"];

export function SortControl({ project, sort, onSort }: SortControlProps) {
  const m = useMessages();
  const words = sort.map(({ key, isDescending }) =>
    m.runs.sortedBy(keyLabel(key, m), isDescending),
  );
  const label = words.length === 0 ? m.runs.sort : words.join(", ");
  return (
    <Popover
      label={m.runs.sort}
      trigger={
        <IconButton
          icon="sort"
          label={label}
          className={classNames(sort.length > 0 && styles.isOn)}
        />
      }
    >
      <KeyPicker
        project={project}
        label={m.runs.sortBy}
        first={FIRST}
        isForSorting
        row={(key) => {
          const found = sort.find((one) => one.key === key);
          return (
            <button
              type="button"
              className={picker.item}
              aria-pressed={found !== undefined}
              onClick={() => onSort(nextSort(sort, key, false))}
            >
              <SortMark sort={found} />
              <KeyLabel name={key} />
            </button>
          );
        }}
      />
      {sort.length > 0 && (
        <div className={picker.foot}>
          <Button onClick={() => onSort([])}>{m.runs.newestFirst}</Button>
        </div>
      )}
    </Popover>
  );
}

function SortMark({ sort }: { sort: SortKey | undefined }) {
  return (
    <span className={classNames(picker.mark, sort?.isDescending ? picker.down : picker.up)}>
      {sort && <Icon name="chevron" size={12} />}
    </span>
  );
}
