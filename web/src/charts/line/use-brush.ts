/** Dragging with a mouse or pen selects a range of x; with Shift also one of y. */
import { type PointerEvent, type RefObject, useEffect, useState } from "react";
import type { Scene } from "./scene";
import type { Domain } from "./types";

interface Pixel {
  x: number;
  y: number;
}

export interface Brush {
  from: Pixel;
  to: Pixel;
  /** Both x and y. */
  isBoth: boolean;
}

/** What a person selected; `y` is null where only a range of x was meant. */
export interface Selection {
  x: Domain;
  y: Domain | null;
}

/** A shorter drag is a click. */
const MIN_PIXELS = 5;

export function useBrush(scene: RefObject<Scene | null>, onSelect: (selection: Selection) => void) {
  const [drag, setDrag] = useState<Brush | null>(null);
  const brush = drag && isWide(drag) ? drag : null;
  const isDragging = drag !== null;

  useEffect(() => {
    if (!isDragging) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") setDrag(null);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [isDragging]);

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      const at = pixel(event, scene.current);
      // A finger scrolls and looks; it does not select.
      if (event.button !== 0 || event.pointerType === "touch" || at === null) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ from: at, to: at, isBoth: event.shiftKey });
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const to = pixel(event, scene.current);
      if (drag && to !== null) setDrag({ from: drag.from, to, isBoth: event.shiftKey });
    },
    onPointerUp() {
      setDrag(null);
      if (brush && scene.current) onSelect(selectionOf(brush, scene.current));
    },
    onPointerCancel() {
      setDrag(null);
    },
  };
  return { brush, handlers };
}

function isWide({ from, to, isBoth }: Brush): boolean {
  const isHigh = Math.abs(to.y - from.y) >= MIN_PIXELS;
  return Math.abs(to.x - from.x) >= MIN_PIXELS && (!isBoth || isHigh);
}

function selectionOf({ from, to, isBoth }: Brush, { x, y }: Scene): Selection {
  return {
    x: [x.toValue(Math.min(from.x, to.x)), x.toValue(Math.max(from.x, to.x))],
    // Pixels grow downwards.
    y: isBoth ? [y.toValue(Math.max(from.y, to.y)), y.toValue(Math.min(from.y, to.y))] : null,
  };
}

function pixel(event: PointerEvent<HTMLDivElement>, scene: Scene | null): Pixel | null {
  if (!scene) return null;
  const box = event.currentTarget.getBoundingClientRect();
  const { left, right, top, bottom } = scene.plot;
  return {
    x: Math.min(Math.max(event.clientX - box.left, left), right),
    y: Math.min(Math.max(event.clientY - box.top, top), bottom),
  };
}
