/** The lines that are on the screen, of a console of any length. */
import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { RunRef } from "@/api/client";
import type { ConsoleLine, ConsoleMatches } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { Icon } from "@/ui/icons";
import { selectedLines } from "../copy";
import { useConsolePages, type Writer } from "../queries";
import { useConsoleScroll } from "../use-console-scroll";
import {
  anchorOf,
  contentHeight,
  isInView,
  LINE_HEIGHT,
  type LineRange,
  linesInView,
  pagesOf,
  topShowing,
} from "../window";
import styles from "./console.module.css";
import { ConsoleRow, type RowLook } from "./console-row";

/** All lines by their position, or those alone that a search has found. */
export type LineSource =
  | { kind: "all"; numLines: number }
  | { kind: "matches"; matches: ConsoleMatches["matches"]; onMore: () => void };

export interface ScreenHandle {
  /** Brings a line onto the screen. */
  show: (position: number) => void;
  /** The line at the top. */
  top: () => number;
  focus: () => void;
}

interface ConsoleScreenProps {
  runRef: RunRef;
  writer: Writer;
  source: LineSource;
  look: RowLook;
  isWrapped: boolean;
  isLive: boolean;
  selected: LineRange | null;
  current: number | null;
  handle: RefObject<ScreenHandle | null>;
  hrefOf: (position: number) => string;
  onPick: (position: number, isRange: boolean) => void;
  onWhole: (line: ConsoleLine) => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** Matches are fetched this far ahead of the screen. */
const AHEAD = 200;
/** The average height of lines has changed enough to move the scroll bar for it. */
const WORTH_IT = 0.2;
/** Lines that `j` and `k` go. */
const SCROLL_KEYS = 3;

export function ConsoleScreen(props: ConsoleScreenProps) {
  const { runRef, writer, source, look, isWrapped, isLive, selected, current, handle } = props;
  const m = useMessages();
  const box = useRef<HTMLDivElement>(null);
  const block = useRef<HTMLDivElement>(null);
  const [tallRow, setTallRow] = useState(LINE_HEIGHT);
  const [widest, setWidest] = useState(0);
  const isAll = source.kind === "all";
  const numLines = source.kind === "all" ? source.numLines : source.matches.length;
  const rowHeight = isWrapped ? tallRow : LINE_HEIGHT;
  const scroll = useConsoleScroll(box, numLines, rowHeight, isAll && selected === null);
  const { viewport, top, isFollowing, isSettled } = scroll;
  const { first, end } = linesInView(top, viewport);
  const pages = useConsolePages(runRef, writer, isAll ? pagesOf(first, end) : [], isSettled);

  const loadMore = useEffectEvent(() => source.kind === "matches" && source.onMore());
  useEffect(() => {
    if (end + AHEAD >= numLines) loadMore();
  }, [end, numLines]);

  // After every render: what is at the anchor's line may have got another height.
  const anchor = anchorOf(top, viewport);
  useLayoutEffect(() => {
    const [node, scroller] = [block.current, box.current];
    if (!node || !scroller) return;
    const index = Math.min(Math.floor(anchor.line), end - 1);
    const row = node.children[index - first];
    if (!(row instanceof HTMLElement)) return;
    const offset = row.offsetTop + (anchor.line - index) * row.offsetHeight;
    node.style.transform = `translateY(${scroller.scrollTop + anchor.y - offset}px)`;
    if (!isWrapped) setWidest((old) => Math.max(old, node.scrollWidth));
    const average = node.offsetHeight / (end - first);
    const isWorthIt = Math.abs(average - tallRow) > tallRow * WORTH_IT;
    if (isWrapped && isSettled && isWorthIt) setTallRow(Math.max(average, LINE_HEIGHT));
  });

  const show = useEffectEvent((position: number) => {
    const index = isAll ? position : indexOf(source, position);
    if (index >= 0 && !isInView(index, top, viewport)) scroll.goTo(topShowing(index, viewport));
  });
  useImperativeHandle(handle, () => ({
    show: (position) => show(position),
    top: () => Math.ceil(top),
    focus: () => box.current?.focus(),
  }));
  // A link to a line opens on it, and a search on its first match, once it is known how much there is.
  const wanted = selected?.first;
  const isReady = numLines > 0 && viewport.height > 0;
  useEffect(() => {
    if (isReady && wanted !== undefined) show(wanted);
  }, [isReady, wanted]);
  useEffect(() => {
    if (isReady && current !== null) show(current);
  }, [isReady, current]);

  const pick = useEffectEvent(props.onPick);
  const onPick = useCallback((position: number, event: MouseEvent<HTMLAnchorElement>) => {
    // Another tab is the browser's business.
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    pick(position, event.shiftKey);
  }, []);

  useShortcuts(
    {
      j: { does: m.console.down, run: () => scroll.scrollBy(SCROLL_KEYS) },
      k: { does: m.console.up, run: () => scroll.scrollBy(-SCROLL_KEYS) },
      g: { does: m.console.toStart, run: () => scroll.goTo(0) },
      G: { does: m.console.toEnd, run: scroll.follow },
    },
    { heading: m.console.output },
  );
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const screen = viewport.height / rowHeight - 1;
    const steps: Record<string, () => void> = {
      Home: () => scroll.goTo(0),
      End: scroll.follow,
      ArrowDown: () => scroll.scrollBy(1),
      ArrowUp: () => scroll.scrollBy(-1),
      PageDown: () => scroll.scrollBy(screen),
      PageUp: () => scroll.scrollBy(-screen),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  };

  if (pages.error) return props.renderError(pages.error, pages.retry);
  const rows = Array.from({ length: end - first }, (_, i) => first + i);
  const numBelow = numLines - Math.round(top + viewport.height / rowHeight);
  return (
    <div className={styles.screen}>
      <section
        ref={box}
        className={classNames(styles.scroller, isWrapped && styles.wrapped)}
        aria-label={m.console.output}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard
        tabIndex={0}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
        onCopy={(event) => {
          const text = selectedLines(event.currentTarget, document.getSelection());
          if (text === null) return;
          event.clipboardData.setData("text/plain", text);
          event.preventDefault();
        }}
      >
        <div
          className={styles.space}
          style={{ height: contentHeight(viewport), minWidth: isWrapped ? undefined : widest }}
        >
          <div ref={block} className={styles.block}>
            {rows.map((index) => {
              const line = isAll ? pages.lineAt(index) : source.matches[index]?.line;
              const position = isAll ? index : (line?.position ?? index);
              return (
                <ConsoleRow
                  key={index}
                  line={line}
                  position={position}
                  look={look}
                  isSelected={
                    selected !== null && position >= selected.first && position <= selected.last
                  }
                  isCurrent={position === current}
                  href={props.hrefOf(position)}
                  onPick={onPick}
                  onWhole={props.onWhole}
                />
              );
            })}
          </div>
        </div>
      </section>
      {isAll && !isFollowing && numBelow > 0 && (
        <button type="button" className={styles.newest} onClick={scroll.follow}>
          <Icon name="arrowDown" size={14} />
          {isLive ? m.console.toNewest : m.console.toEnd}
          <span className={styles.below}>{m.console.below(formatCount(numBelow))}</span>
        </button>
      )}
    </div>
  );
}

function indexOf(source: LineSource, position: number): number {
  if (source.kind === "all") return position;
  return source.matches.findIndex(({ line }) => line.position === position);
}
