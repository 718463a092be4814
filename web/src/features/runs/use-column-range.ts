import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { columnsWithin, type PlacedColumn } from "./table-cursor";

export interface ColumnRange {
  first: number;
  end: number;
}

/**
 * Which columns are in sight: a table of thousands costs no more than a screenful of them.
 *
 * To be called before the hook that mounts rows while they scroll: where its listener comes first,
 * reading the place of the scroll bar does not lay out what the other has just changed.
 *
 * @param hidden What the pinned columns hide of the screen, in pixels.
 */
export function useColumnRange(
  scroller: RefObject<HTMLElement | null>,
  placed: readonly PlacedColumn[],
  hidden: number,
): ColumnRange {
  const [range, setRange] = useState<ColumnRange>({ first: 0, end: 0 });
  const width = useRef(0);
  const measure = useCallback(() => {
    const left = scroller.current?.scrollLeft ?? 0;
    const next = columnsWithin(placed, left, left + Math.max(width.current - hidden, 0));
    setRange((old) => (old.first === next.first && old.end === next.end ? old : next));
  }, [scroller, placed, hidden]);
  useLayoutEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const resize = () => {
      width.current = node.clientWidth;
      measure();
    };
    resize();
    const observer = new ResizeObserver(resize);
    observer.observe(node);
    node.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener("scroll", measure);
    };
  }, [scroller, measure]);
  return range;
}
