import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";

interface GridRows {
  numColumns: number;
  /** Rows on the screen or about to be, from `first` up to but without `end`. */
  first: number;
  end: number;
}

interface GridShape {
  numItems: number;
  /** How many items stand beside each other in so many pixels. A stable function. */
  columnsIn: (width: number) => number;
  gap: number;
  rowHeight: number;
}

/** How far beyond the screen rows are kept, in pixels. */
const MARGIN = 320;

/**
 * Which rows of a grid of equal items are worth having: any number of items costs no more than a
 * screenful of them.
 */
export function useRowsInView(element: RefObject<HTMLElement | null>, shape: GridShape): GridRows {
  const { numItems, columnsIn, gap, rowHeight } = shape;
  const [rows, setRows] = useState<GridRows>({ numColumns: 1, first: 0, end: 0 });

  const measure = useCallback(() => {
    const node = element.current;
    if (!node || node.clientWidth === 0) return;
    const numColumns = columnsIn(node.clientWidth);
    const numRows = Math.ceil(numItems / numColumns);
    const { top } = node.getBoundingClientRect();
    const pitch = rowHeight + gap;
    const clamp = (row: number) => Math.min(Math.max(row, 0), numRows);
    const first = clamp(Math.floor((-MARGIN - top) / pitch));
    const end = Math.max(first, clamp(Math.ceil((window.innerHeight + MARGIN - top) / pitch)));
    setRows((old) =>
      old.numColumns === numColumns && old.first === first && old.end === end
        ? old
        : { numColumns, first, end },
    );
  }, [element, numItems, columnsIn, gap, rowHeight]);

  // After every render: what stands above may have grown or folded.
  useLayoutEffect(measure);
  useEffect(() => {
    const node = element.current;
    if (!node) return;
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    // Captured, since scrolling does not bubble: whichever box scrolls moves the grid.
    document.addEventListener("scroll", measure, { capture: true, passive: true });
    window.addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      document.removeEventListener("scroll", measure, { capture: true });
      window.removeEventListener("resize", measure);
    };
  }, [element, measure]);
  return rows;
}
