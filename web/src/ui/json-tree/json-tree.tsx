/** JSON to be read: branches fold, rows are virtual. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { Icon } from "../icons";
import styles from "./json-tree.module.css";
import { type JsonRow, jsonRows } from "./model";

const ROW = 22;

export function JsonTree({ label, value }: { label: string; value: unknown }) {
  const scroll = useRef<HTMLDivElement>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => jsonRows(value, toggled), [value, toggled]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const toggle = (path: string) => {
    const next = new Set(toggled);
    if (!next.delete(path)) next.add(path);
    setToggled(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
    <section ref={scroll} className={styles.tree} aria-label={label} tabIndex={0}>
      <div className={styles.content} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <div
                key={row.path}
                className={styles.row}
                style={{ transform: `translateY(${start}px)`, paddingLeft: 8 + row.depth * 16 }}
              >
                <Row row={row} onToggle={() => toggle(row.path)} />
              </div>
            )
          );
        })}
      </div>
    </section>
  );
}

function Row({ row, onToggle }: { row: JsonRow; onToggle: () => void }) {
  const m = useMessages();
  if (row.kind !== "object" && row.kind !== "array") {
    return (
      <span className={styles.leaf}>
        {row.name !== "" && <span className={styles.name}>{row.name}</span>}
        <span className={styles.value} data-kind={row.kind} title={row.text}>
          {row.text}
        </span>
      </span>
    );
  }
  const isEmpty = row.numChildren === 0;
  return (
    <button
      type="button"
      className={styles.branch}
      aria-expanded={row.isOpen}
      disabled={isEmpty}
      onClick={onToggle}
    >
      {!isEmpty && (
        <span className={styles.chevron} data-open={row.isOpen}>
          <Icon name="chevron" size={12} />
        </span>
      )}
      {row.name !== "" && <span className={styles.name}>{row.name}</span>}
      <span className={styles.count}>
        {row.kind === "array" ? "[ ]" : "{ }"} {!isEmpty && m.files.items(row.numChildren)}
      </span>
    </button>
  );
}
