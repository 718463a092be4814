import { type RefObject, useLayoutEffect, useState } from "react";

export interface Size {
  width: number;
  height: number;
}

/** The element's content box in whole pixels; null before it was measured or while it is hidden. */
export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return;
    const measure = () => {
      const [width, height] = [Math.floor(node.clientWidth), Math.floor(node.clientHeight)];
      setSize((old) => {
        if (width === 0 || height === 0) return null;
        return old?.width === width && old.height === height ? old : { width, height };
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
