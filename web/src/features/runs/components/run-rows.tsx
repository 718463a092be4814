/** The rows of the list, as many as there are: only those in sight exist. */
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type ReactNode,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { RunRow } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { useNow } from "@/lib/use-now";
import { ContextMenu, type MenuEntry } from "@/ui/menu";
import styles from "./run-list.module.css";
import { type RowHandlers, RunListItem } from "./run-list-item";

export interface RunRowsProps extends RowHandlers {
  runs: readonly RunRow[];
  numPinned: number;
  visible: ReadonlySet<string>;
  selected: ReadonlySet<string>;
  dashes: ReadonlyMap<string, readonly number[]>;
  columns: readonly string[];
  /** The row that keys act on. */
  activeId: string | null;
  renamingId: string | null;
  /** Stays above the rows and scrolls with them sideways. */
  header: ReactNode;
  menuOf: (run: RunRow) => MenuEntry[];
  onLoadMore: () => void;
}

const ROW_HEIGHT = 28;
const HEADER_HEIGHT = 26;
/** The next page is fetched when this many rows are left below. */
const LOAD_AHEAD = 60;

export function RunRows(props: RunRowsProps) {
  const { runs, numPinned, visible, selected, dashes, columns, activeId, onLoadMore } = props;
  const { onHighlight } = props;
  const m = useMessages();
  const scroller = useRef<HTMLDivElement>(null);
  const [menuRun, setMenuRun] = useState<RunRow | null>(null);
  const now = useNow();
  const shownNow = columns.includes("duration_s") ? now : 0;
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => runs[index]?.id ?? index,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (lastIndex >= runs.length - LOAD_AHEAD) onLoadMore();
  }, [lastIndex, runs.length, onLoadMore]);

  // Leaving the page must not leave a run highlighted on the next one.
  useEffect(() => () => onHighlight(null), [onHighlight]);

  // Only a move of the active row scrolls: rows that come and go above it do not.
  const scrollTo = useEffectEvent((id: string) => {
    const index = runs.findIndex((run) => run.id === id);
    if (index >= 0) virtual.scrollToIndex(index);
  });
  useEffect(() => {
    if (activeId !== null) scrollTo(activeId);
  }, [activeId]);

  useSteadyScroll(scroller, runs);

  const open = (id: string | null) => {
    const run = runs.find((one) => one.id === id);
    if (run) props.onOpen(run);
  };
  return (
    <ContextMenu
      label={menuRun ? m.runs.menuOf(menuRun.display_name) : m.runs.list}
      items={menuRun ? props.menuOf(menuRun) : []}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the rows in it are what is used; it only hears of them */}
      <div
        ref={scroller}
        className={styles.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
        tabIndex={0}
        onPointerLeave={() => onHighlight(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && event.target === event.currentTarget) open(activeId);
        }}
        onContextMenuCapture={(event) => {
          const row = event.target instanceof Element && event.target.closest("[data-run]");
          const id = row ? row.getAttribute("data-run") : null;
          setMenuRun(runs.find((run) => run.id === id) ?? null);
          if (id === null) event.stopPropagation();
        }}
      >
        {props.header}
        <ul className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const run = runs[item.index];
            if (!run) return null;
            return (
              <li
                key={item.key}
                className={classNames(
                  styles.slot,
                  item.index === numPinned - 1 && styles.lastPinned,
                )}
                style={{ transform: `translateY(${item.start - HEADER_HEIGHT}px)` }}
              >
                <RunListItem
                  run={run}
                  dash={dashes.get(run.id) ?? SOLID}
                  columns={columns}
                  now={shownNow}
                  isVisible={visible.has(run.id)}
                  isActive={run.id === activeId}
                  isSelected={selected.has(run.id)}
                  isPinned={item.index < numPinned}
                  isRenaming={run.id === props.renamingId}
                  onToggle={props.onToggle}
                  onSolo={props.onSolo}
                  onSelect={props.onSelect}
                  onHighlight={props.onHighlight}
                  onOpen={props.onOpen}
                  onRename={props.onRename}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </ContextMenu>
  );
}

const SOLID: readonly number[] = [];

/** Rows that arrive above those that a person looks at move the scroll bar, not the rows. */
function useSteadyScroll(scroller: { current: HTMLElement | null }, runs: readonly RunRow[]): void {
  const anchor = useRef<{ id: string; top: number } | null>(null);
  useLayoutEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const { current } = anchor;
    if (current && node.scrollTop > 0) {
      const index = runs.findIndex(({ id }) => id === current.id);
      const moved = index * ROW_HEIGHT - current.top;
      if (index >= 0 && moved > 0) node.scrollTop += moved;
    }
    const remember = () => {
      const index = Math.floor(node.scrollTop / ROW_HEIGHT);
      const run = runs[index];
      anchor.current = run ? { id: run.id, top: index * ROW_HEIGHT } : null;
    };
    remember();
    node.addEventListener("scroll", remember, { passive: true });
    return () => node.removeEventListener("scroll", remember);
  }, [scroller, runs]);
}
