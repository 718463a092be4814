import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { columnsWithin, type PlacedColumn } from "./table-cursor";

export interface ColumnRange {
  first: number;
  end: number;
}

/** Which columns are in sight: a table of thousands costs no more than a screenful of them. */
export function useColumnRange(
  scroller: RefObject<HTMLElement | null>,
  placed: readonly PlacedColumn[],
  /** What the pinned columns hide of the screen. */
  hidden: number,
): ColumnRange {
  const [range, setRange] = useState<ColumnRange>({ first: 0, end: 0 });
  const measure = useCallback(() => {
    const node = scroller.current;
    if (!node) return;
    const width = Math.max(node.clientWidth - hidden, 0);
    const next = columnsWithin(placed, node.scrollLeft, node.scrollLeft + width);
    setRange((old) => (old.first === next.first && old.end === next.end ? old : next));
  }, [scroller, placed, hidden]);
  useLayoutEffect(measure, [measure]);
  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    node.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener("scroll", measure);
    };
  }, [scroller, measure]);
  return range;
}
