/** The place in a console and the box that scrolls, kept as one. */
import {
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useSize } from "@/charts/use-size";
import { isScaled, LINE_HEIGHT, lastTop, scrollOfTop, topOfScroll, type Viewport } from "./window";

/** A scroll that came from us: browsers round positions. */
const SAME_PX = 2;
const REST_MS = 80;
const NO_SIZE = { width: 0, height: 0 };

export function useConsoleScroll(
  box: RefObject<HTMLDivElement | null>,
  numLines: number,
  rowHeight: number,
  startsAtEnd: boolean,
) {
  const size = useSize(box) ?? NO_SIZE;
  const viewport: Viewport = { numLines, height: size.height, rowHeight };
  const [place, setPlace] = useState({ top: 0, isFollowing: startsAtEnd });
  const [isSettled, setSettled] = useState(true);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ours = useRef(0);
  const last = lastTop(viewport);
  const top = place.isFollowing ? last : Math.min(place.top, last);

  // The scroll bar follows the place: a jump, a new line, another height of the window.
  const target = scrollOfTop(top, viewport);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node || Math.abs(node.scrollTop - target) < SAME_PX) return;
    ours.current = target;
    node.scrollTop = target;
    // Browsers round it.
    ours.current = node.scrollTop;
  });

  const goTo = useCallback((next: number) => setPlace({ top: next, isFollowing: false }), []);
  const follow = useCallback(() => setPlace((old) => ({ ...old, isFollowing: true })), []);

  const onScroll = () => {
    const node = box.current;
    if (!node || Math.abs(node.scrollTop - ours.current) < SAME_PX) return;
    ours.current = node.scrollTop;
    const isAtEnd = node.scrollTop >= node.scrollHeight - node.clientHeight - SAME_PX;
    setPlace({ top: topOfScroll(node.scrollTop, viewport), isFollowing: isAtEnd });
    setSettled(false);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => setSettled(true), REST_MS);
  };
  useEffect(() => () => clearTimeout(rest.current), []);

  /** By so many lines. */
  const scrollBy = (lines: number) => {
    const next = Math.min(Math.max(top + lines, 0), last);
    setPlace({ top: next, isFollowing: next >= last && lines > 0 });
  };
  // Where a pixel of the bar is many of text, a wheel that moved the bar would skip lines.
  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (!isScaled(viewport) || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
    scrollBy((event.deltaY * pixels) / LINE_HEIGHT);
  });
  useEffect(() => {
    const node = box.current;
    if (!node) return;
    const listener = (event: WheelEvent) => onWheel(event);
    node.addEventListener("wheel", listener, { passive: false });
    return () => node.removeEventListener("wheel", listener);
  }, [box]);

  return {
    viewport,
    width: size.width,
    top,
    isFollowing: place.isFollowing,
    isSettled,
    goTo,
    follow,
    scrollBy,
    onScroll,
  };
}
