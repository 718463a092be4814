/** Folders and files as rows; one focus for the whole tree, moved by arrows. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Icon } from "../icons";
import { TimeAgo } from "../time-ago";
import styles from "./file-tree.module.css";
import type { TreeRow } from "./model";

interface FileTreeProps {
  label: string;
  rows: readonly TreeRow[];
  /** The file that is open. */
  selected: string | null;
  onOpen: (path: string) => void;
  onToggle: (folder: string) => void;
}

const ROW = 28;

export function FileTree({ label, rows, selected, onOpen, onToggle }: FileTreeProps) {
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(selected && fileKey(selected));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const at = rows.findIndex((row) => rowKey(row) === active);

  const reveal = useEffectEvent((path: string) => {
    setActive(fileKey(path));
    const index = rows.findIndex((row) => !row.isFolder && row.path === path);
    if (index >= 0) virtual.scrollToIndex(index, { align: "auto" });
  });
  useEffect(() => {
    if (selected !== null) reveal(selected);
  }, [selected]);

  const moveTo = (index: number) => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (!row) return;
    setActive(rowKey(row));
    virtual.scrollToIndex(rows.indexOf(row), { align: "auto" });
  };
  const act = (row: TreeRow) => (row.isFolder ? onToggle(row.path) : onOpen(row.path));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const row = rows[at];
    const keys: Record<string, () => void> = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at < 0 ? 0 : at - 1),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      PageDown: () => moveTo(at + 20),
      PageUp: () => moveTo(at - 20),
      ArrowRight: () => (row?.isFolder && !row.isOpen ? onToggle(row.path) : moveTo(at + 1)),
      ArrowLeft: () => {
        if (row?.isFolder && row.isOpen) onToggle(row.path);
        else moveTo(parentOf(rows, at));
      },
      Enter: () => row && act(row),
      " ": () => row && act(row),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return (
    <div
      ref={scroll}
      className={styles.tree}
      role="tree"
      aria-label={label}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.content} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and says which row is active
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <div
                key={rowKey(row)}
                id={`${id}-${index}`}
                className={styles.row}
                role="treeitem"
                aria-level={row.depth + 1}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                aria-expanded={row.isFolder ? row.isOpen : undefined}
                aria-selected={!row.isFolder && row.path === selected}
                data-active={index === at}
                style={{ transform: `translateY(${start}px)`, paddingLeft: 8 + row.depth * 14 }}
                onClick={() => {
                  setActive(rowKey(row));
                  act(row);
                }}
              >
                <Row row={row} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function Row({ row }: { row: TreeRow }) {
  const m = useMessages();
  return (
    <>
      <span className={styles.chevron} data-open={row.isOpen}>
        {row.isFolder && <Icon name="chevron" size={12} />}
      </span>
      <span className={styles.icon} data-folder={row.isFolder}>
        <Icon name={row.isFolder ? "folder" : "file"} size={14} />
      </span>
      <span className={styles.name} title={row.path} dir="auto">
        {row.name}
      </span>
      {row.isFolder && <span className={styles.count}>{m.files.count(row.numFiles)}</span>}
      <span className={styles.size}>{formatBytes(row.sizeBytes)}</span>
      {row.updatedAt !== "" && (
        <span className={styles.time}>
          <TimeAgo at={row.updatedAt} />
        </span>
      )}
    </>
  );
}

const fileKey = (path: string) => `file ${path}`;
const rowKey = ({ path, isFolder }: TreeRow) => (isFolder ? `folder ${path}` : fileKey(path));

function parentOf(rows: readonly TreeRow[], at: number): number {
  const depth = rows[at]?.depth ?? 0;
  for (let index = at - 1; index >= 0; index--) {
    if ((rows[index]?.depth ?? 0) < depth) return index;
  }
  return at;
}
