/** Dragging over a chart selects a range of x. */
import { type PointerEvent, type RefObject, useEffect, useState } from "react";
import type { Scene } from "./scene";
import type { Domain } from "./types";

export interface Brush {
  from: number;
  to: number;
}

/** A shorter drag is a click. */
const MIN_PIXELS = 5;

export function useBrush(scene: RefObject<Scene | null>, onZoom: (range: Domain) => void) {
  const [drag, setDrag] = useState<Brush | null>(null);
  const brush = drag && Math.abs(drag.to - drag.from) >= MIN_PIXELS ? drag : null;
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
      if (event.button !== 0 || at === null) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ from: at, to: at });
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const at = pixel(event, scene.current);
      if (drag && at !== null) setDrag({ from: drag.from, to: at });
    },
    onPointerUp() {
      setDrag(null);
      if (!brush || !scene.current) return;
      const { toValue } = scene.current.x;
      onZoom([toValue(Math.min(brush.from, brush.to)), toValue(Math.max(brush.from, brush.to))]);
    },
    onPointerCancel() {
      setDrag(null);
    },
  };
  return { brush, handlers };
}

function pixel(event: PointerEvent<HTMLDivElement>, scene: Scene | null): number | null {
  if (!scene) return null;
  const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
  return Math.min(Math.max(at, scene.plot.left), scene.plot.right);
}
