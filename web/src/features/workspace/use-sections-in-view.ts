import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";

export interface SectionView {
  /** Of the sections, in pixels; 0 before it was measured. */
  width: number;
  /** The part of the sections worth having, from their top. */
  top: number;
  bottom: number;
}

/** How far beyond the screen sections are kept, and how far one scrolls before it is looked again. */
const MARGIN = 600;
const STEP = 300;

/**
 * What of a long box is on the screen or about to be, coarsely: it changes every few hundred pixels
 * of scrolling, not with each.
 */
export function useSectionsInView(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): SectionView {
  const [view, setView] = useState<SectionView>({ width: 0, top: 0, bottom: 0 });

  const measure = useCallback(() => {
    const [outer, inner] = [scroller.current, content.current];
    if (!outer || !inner) return;
    const scrolled = Math.floor((outer.scrollTop - inner.offsetTop) / STEP) * STEP;
    const width = inner.clientWidth;
    const top = scrolled - MARGIN;
    const bottom = scrolled + STEP + outer.clientHeight + MARGIN;
    setView((old) =>
      old.width === width && old.top === top && old.bottom === bottom
        ? old
        : { width, top, bottom },
    );
  }, [scroller, content]);

  // After every render: what stands above may have come or gone.
  useLayoutEffect(measure);
  useEffect(() => {
    const outer = scroller.current;
    if (!outer) return;
    const observer = new ResizeObserver(measure);
    observer.observe(outer);
    outer.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      outer.removeEventListener("scroll", measure);
    };
  }, [scroller, measure]);
  return view;
}
