/** Finds one of the thousands of keys that a project's runs may have. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { ProjectRef } from "@/api/client";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { SearchField } from "@/ui/search-field";
import { COUNTED, NAME } from "../columns";
import { useColumns } from "../queries";
import { keysOf } from "../run-keys";
import { keyLabel } from "./key-label";
import styles from "./key-picker.module.css";

interface KeyPickerProps {
  project: ProjectRef;
  label: string;
  /** Those that come first, whatever they are called. */
  first: readonly string[];
  /** Without those that are counted and not recorded: no server sorts by them. */
  isForSorting?: boolean;
  row: (key: string) => ReactNode;
}

const ROW = 28;

export function KeyPicker({ project, label, first, isForSorting = false, row }: KeyPickerProps) {
  const m = useMessages();
  const [search, setSearch] = useState("");
  const [text, setText] = useSearchText(search, setSearch);
  const { data, error } = useColumns(project, search);
  const keys = useMemo(() => {
    const found = data?.columns.flatMap(keysOf) ?? [];
    const counted = isForSorting ? [] : COUNTED;
    const wanted = search.toLowerCase();
    const own = [...first, ...counted].filter((key) =>
      `${key} ${keyLabel(key, m)}`.toLowerCase().includes(wanted),
    );
    const all = [...new Set([...own, ...found])];
    return isForSorting ? all : all.filter((key) => key !== NAME);
  }, [data, first, isForSorting, search, m]);
  const numMore = (data?.total ?? 0) - (data?.columns.length ?? 0);
  return (
    <div className={styles.picker}>
      <SearchField label={label} value={text} onChange={setText} />
      <Keys keys={keys} row={row} />
      {error && <p className={styles.note}>{error.message}</p>}
      {data && keys.length === 0 && <p className={styles.note}>{m.runs.noColumn(search)}</p>}
      {numMore > 0 && <p className={styles.note}>{m.runs.moreColumns(formatInteger(numMore))}</p>}
    </div>
  );
}

function Keys({ keys, row }: { keys: readonly string[]; row: (key: string) => ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.keys} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const key = keys[index];
          return (
            key !== undefined && (
              <li key={key} className={styles.key} style={{ transform: `translateY(${start}px)` }}>
                {row(key)}
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
