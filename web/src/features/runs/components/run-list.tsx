/** The runs of a project beside its charts: search, eyes, keyboard. Virtual, so any number will do. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { RunRow } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { useSearchText } from "@/lib/use-search-text";
import { SearchField } from "@/ui/search-field";
import { Skeleton } from "@/ui/skeleton";
import styles from "./run-list.module.css";
import { RunListItem } from "./run-list-item";

export interface RunListProps {
  runs: readonly RunRow[] | undefined;
  total: number;
  visible: ReadonlySet<string>;
  dashes: ReadonlyMap<string, readonly number[]>;
  search: string;
  onSearch: (text: string) => void;
  onToggle: (id: string) => void;
  onHighlight: (id: string | null) => void;
  onOpen: (run: RunRow) => void;
  onShow: (which: "newest" | "none") => void;
  onLoadMore: () => void;
}

const ROW_HEIGHT = 28;
/** The next page is fetched when this many rows are left below. */
const LOAD_AHEAD = 30;

export function RunList(props: RunListProps) {
  const m = useMessages();
  const { runs, total, visible, onHighlight } = props;
  const search = useRef<HTMLInputElement>(null);
  const [text, setText] = useSearchText(props.search, props.onSearch);

  return (
    <aside className={styles.list} aria-label={m.runs.list}>
      <header className={styles.header}>
        <h2 className={styles.title}>{m.runs.title}</h2>
        <span className={styles.total}>{runs && total.toLocaleString("en-US")}</span>
        {runs && runs.length > 0 && (
          <button
            type="button"
            className={styles.eyes}
            onClick={() => props.onShow(visible.size > 0 ? "none" : "newest")}
          >
            {visible.size > 0 ? m.runs.hideAll : m.runs.reset}
          </button>
        )}
      </header>
      <div className={styles.search}>
        <SearchField
          ref={search}
          label={m.runs.filter}
          value={text}
          onChange={setText}
          shortcut="/"
        />
      </div>
      {runs ? (
        <RunRows {...props} runs={runs} onSearchKey={() => search.current?.focus()} />
      ) : (
        <RunRowsSkeleton />
      )}
      {runs?.length === 0 && (
        <p className={styles.empty}>
          {props.search === "" ? m.runs.emptyHint : m.runs.noMatch(props.search)}
        </p>
      )}
      {runs && runs.length > 0 && (
        <footer className={styles.footer} onPointerEnter={() => onHighlight(null)}>
          {m.runs.shown(visible.size, total)}
        </footer>
      )}
    </aside>
  );
}

function RunRows(props: RunListProps & { runs: readonly RunRow[]; onSearchKey: () => void }) {
  const { runs, visible, dashes, onToggle, onHighlight, onOpen, onLoadMore, onSearchKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const active = runs.findIndex(({ id }) => id === activeId);
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => runs[index]?.id ?? index,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (lastIndex >= runs.length - LOAD_AHEAD) onLoadMore();
  }, [lastIndex, runs.length, onLoadMore]);

  // Leaving the page must not leave a run highlighted on the next one.
  useEffect(() => () => onHighlight(null), [onHighlight]);

  const moveTo = (index: number) => {
    const run = runs[Math.min(Math.max(index, 0), runs.length - 1)];
    if (!run) return;
    setActiveId(run.id);
    onHighlight(visible.has(run.id) ? run.id : null);
    virtual.scrollToIndex(runs.indexOf(run));
  };
  const deselect = () => {
    setActiveId(null);
    onHighlight(null);
  };
  const m = useMessages();
  const activeRun = runs[active];
  useShortcuts(
    {
      "/": { does: m.keyboard.search, run: onSearchKey },
      j: { does: m.keyboard.next, run: () => moveTo(active + 1) },
      k: { does: m.keyboard.previous, run: () => moveTo(active < 0 ? 0 : active - 1) },
      v: { does: m.keyboard.eye, run: () => activeRun && onToggle(activeRun.id) },
      o: { does: m.keyboard.open, run: () => activeRun && onOpen(activeRun) },
      Escape: { does: m.keyboard.deselect, run: deselect },
    },
    { heading: m.runs.title },
  );

  return (
    <div ref={scroller} className={styles.scroller} onPointerLeave={() => onHighlight(null)}>
      <ul className={styles.rows} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const run = runs[item.index];
          if (!run) return null;
          return (
            <li
              key={item.key}
              className={styles.slot}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <RunListItem
                run={run}
                dash={dashes.get(run.id) ?? []}
                isVisible={visible.has(run.id)}
                isActive={run.id === activeId}
                onToggle={onToggle}
                onHighlight={onHighlight}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function RunRowsSkeleton() {
  return (
    <ul className={styles.skeleton}>
      {[130, 104, 148, 96, 122, 140, 110, 132].map((width) => (
        <li key={width}>
          <Skeleton width={14} />
          <Skeleton width={width} />
        </li>
      ))}
    </ul>
  );
}
