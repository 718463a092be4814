/** Which part of a picture is in sight: dragged, scrolled, pinched, fitted. */
import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useState } from "react";
import type { Size } from "@/charts/use-size";

export interface Viewport {
  /** Where the picture's corner is, in pixels of the screen. */
  x: number;
  y: number;
  scale: number;
}

const MARGIN = 24;
const MIN_SCALE = 0.05;
const MAX_SCALE = 2;
const WHEEL = 0.0015;

/** All of the picture in the middle, never larger than it is. */
export function fitted(picture: Size, frame: Size): Viewport {
  const room = { width: frame.width - 2 * MARGIN, height: frame.height - 2 * MARGIN };
  const scale = clamp(Math.min(1, room.width / picture.width, room.height / picture.height));
  return {
    x: (frame.width - picture.width * scale) / 2,
    y: (frame.height - picture.height * scale) / 2,
    scale,
  };
}

/** The same point stays under the pointer. */
export function zoomed(view: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = clamp(view.scale * factor);
  const ratio = scale / view.scale;
  return { x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio, scale };
}

/** Moved just so far that a box of the picture is in sight. */
export function revealed(
  view: Viewport,
  box: { x: number; y: number; width: number; height: number },
  frame: Size,
): Viewport {
  const shift = (from: number, length: number, origin: number, room: number) => {
    const start = from * view.scale + origin;
    const end = start + length * view.scale;
    if (start < MARGIN) return MARGIN - start;
    return end > room - MARGIN ? room - MARGIN - end : 0;
  };
  const dx = shift(box.x, box.width, view.x, frame.width);
  const dy = shift(box.y, box.height, view.y, frame.height);
  return dx === 0 && dy === 0 ? view : { ...view, x: view.x + dx, y: view.y + dy };
}

function clamp(scale: number): number {
  return Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
}

interface Drag {
  pointer: number;
  x: number;
  y: number;
}

/** @param start Where it begins, and comes back to with another `picture`. */
export function useViewport(
  root: RefObject<HTMLElement | null>,
  start: Viewport | null,
): {
  view: Viewport | null;
  setView: (next: Viewport) => void;
  handlers: Record<
    "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel",
    (event: PointerEvent) => void
  >;
} {
  const [moved, setMoved] = useState<{ from: Viewport | null; view: Viewport } | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const view = moved && moved.from === start ? moved.view : start;
  const setView = (next: Viewport) => setMoved({ from: start, view: next });
  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (!view || !root.current) return;
    event.preventDefault();
    const box = root.current.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey || !event.shiftKey) {
      const at = { x: event.clientX - box.left, y: event.clientY - box.top };
      setView(zoomed(view, Math.exp(-event.deltaY * WHEEL), at));
    } else {
      setView({ ...view, x: view.x - event.deltaY - event.deltaX });
    }
  });
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    // React's own listener could not keep the page from scrolling.
    const listen = (event: WheelEvent) => onWheel(event);
    element.addEventListener("wheel", listen, { passive: false });
    return () => element.removeEventListener("wheel", listen);
  }, [root]);
  return {
    view,
    setView,
    handlers: {
      onPointerDown: (event) => {
        const isOnNode = event.target instanceof Element && event.target.closest("button");
        if (event.button !== 0 || isOnNode) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ pointer: event.pointerId, x: event.clientX, y: event.clientY });
      },
      onPointerMove: (event) => {
        if (!view || drag?.pointer !== event.pointerId) return;
        setView({
          ...view,
          x: view.x + event.clientX - drag.x,
          y: view.y + event.clientY - drag.y,
        });
        setDrag({ ...drag, x: event.clientX, y: event.clientY });
      },
      onPointerUp: () => setDrag(null),
      onPointerCancel: () => setDrag(null),
    },
  };
}
