/** What the person points at on one chart: by mouse, by a finger held down, by the arrow keys. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import { usePointerBus } from "../pointer-bus";
import { type Cursor, hoverOf, moveCursor } from "./cursor";
import { type Hover, hoverAt } from "./hover";
import type { Scene } from "./scene";

export interface Pointed {
  at: Hover;
  /** Where to put the tooltip, on the screen. */
  left: number;
  top: number;
  /** Moved there by keys: its values are read out. */
  isByKeys: boolean;
}

/** A finger that stays for so long wants to read values; one that moves before wants to scroll. */
const HOLD_MS = 350;
const HOLD_PIXELS = 10;

export function useCrosshairHandlers(
  root: RefObject<HTMLDivElement | null>,
  scene: RefObject<Scene | null>,
  axis: string,
  source: symbol,
) {
  const bus = usePointerBus();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const cursor = useRef<Cursor | null>(null);
  const hold = useRef<{ timer: number; x: number; y: number; isHeld: boolean } | null>(null);

  // A finger that reads must not scroll at the same time; React's own listeners cannot say so.
  useEffect(() => {
    const node = root.current;
    const keep = (event: TouchEvent) => hold.current?.isHeld && event.preventDefault();
    node?.addEventListener("touchmove", keep, { passive: false });
    return () => node?.removeEventListener("touchmove", keep);
  }, [root]);

  const leave = () => {
    bus.moveTo(null);
    setPointed(null);
    cursor.current = null;
  };

  const point = (clientX: number, clientY: number) => {
    const box = root.current?.getBoundingClientRect();
    if (!scene.current || !box) return;
    const { left, right } = scene.current.plot;
    const x = clientX - box.left;
    if (x < left - 4 || x > right + 4) return leave();
    const value = scene.current.x.toValue(Math.min(Math.max(x, left), right));
    const at = hoverAt(scene.current, value, clientY - box.top);
    bus.moveTo({ x: value, axis, source });
    setPointed({ at, left: clientX, top: clientY, isByKeys: false });
    cursor.current = at.nearest === null ? null : { run: at.nearest, x: value };
  };

  const release = () => {
    if (hold.current) clearTimeout(hold.current.timer);
    hold.current = null;
  };

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.pointerType !== "touch") return;
      release();
      const { clientX: x, clientY: y } = event;
      const timer = window.setTimeout(() => {
        if (hold.current) hold.current.isHeld = true;
        point(x, y);
      }, HOLD_MS);
      hold.current = { timer, x, y, isHeld: false };
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const { clientX, clientY } = event;
      if (event.pointerType !== "touch") return point(clientX, clientY);
      const held = hold.current;
      if (!held) return;
      if (held.isHeld) return point(clientX, clientY);
      if (Math.hypot(clientX - held.x, clientY - held.y) > HOLD_PIXELS) release();
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>) {
      if (event.pointerType !== "touch") return;
      if (hold.current?.isHeld) leave();
      release();
    },
    onPointerCancel() {
      release();
      leave();
    },
    onPointerLeave() {
      release();
      leave();
    },
    onMouseDown(event: MouseEvent<HTMLDivElement>) {
      // The focus is for the keyboard: a click takes it from a field and gives it to nothing.
      event.preventDefault();
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
    onContextMenu(event: MouseEvent<HTMLDivElement>) {
      if (hold.current) event.preventDefault();
    },
    onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
      if (event.metaKey || event.ctrlKey || event.altKey || !scene.current) return;
      if (event.key === "Escape" && cursor.current) {
        event.stopPropagation();
        return leave();
      }
      const next = moveCursor(scene.current, cursor.current, event.key, event.shiftKey);
      const box = root.current?.getBoundingClientRect();
      if (!next || !box) return;
      event.preventDefault();
      event.stopPropagation();
      cursor.current = next;
      const at = hoverOf(scene.current, next);
      const y = at.rows.find(({ id }) => id === next.run)?.y ?? Number.NaN;
      const pixel = scene.current.y.toPixel(y);
      const { top, bottom } = scene.current.plot;
      bus.moveTo({ x: next.x, axis, source });
      setPointed({
        at,
        left: box.left + scene.current.x.toPixel(next.x),
        top: box.top + (Number.isFinite(pixel) ? Math.min(Math.max(pixel, top), bottom) : bottom),
        isByKeys: true,
      });
    },
    onBlur: leave,
  };
  return { pointed, leave, handlers };
}
