/**
 * What the pointer is on, shared by all charts of a page: one x for the
 * crosshair, one run to bring forward. Outside React, since it changes with
 * every mouse move and only canvases follow.
 */
import { createContext, use, useSyncExternalStore } from "react";
import type { XKind } from "./line/types";

export interface CrosshairPosition {
  x: number;
  /** What x counts: charts over something else do not follow. */
  axis: string;
  /** The chart under the pointer; the others only follow. */
  source: symbol;
}

export class PointerBus {
  #position: CrosshairPosition | null = null;
  #run: string | null = null;
  readonly #onMove = new Set<() => void>();
  readonly #onRun = new Set<() => void>();

  readonly position = (): CrosshairPosition | null => this.#position;

  readonly highlightedRun = (): string | null => this.#run;

  moveTo(position: CrosshairPosition | null): void {
    if (position === null && this.#position === null) return;
    this.#position = position;
    for (const listener of this.#onMove) listener();
  }

  highlight(run: string | null): void {
    if (run === this.#run) return;
    this.#run = run;
    for (const listener of this.#onRun) listener();
  }

  readonly subscribeMove = (listener: () => void): (() => void) => {
    this.#onMove.add(listener);
    return () => this.#onMove.delete(listener);
  };

  readonly subscribeRun = (listener: () => void): (() => void) => {
    this.#onRun.add(listener);
    return () => this.#onRun.delete(listener);
  };
}

export const PointerBusContext = createContext(new PointerBus());

export function usePointerBus(): PointerBus {
  return use(PointerBusContext);
}

/** The run that the person points at, in a list or a legend. */
export function useHighlightedRun(): string | null {
  const bus = usePointerBus();
  return useSyncExternalStore(bus.subscribeRun, bus.highlightedRun);
}

/** Where the crosshair is on charts over this axis; null where it is elsewhere. */
export function useCrosshair(axis: string): number | null {
  const bus = usePointerBus();
  return useSyncExternalStore(bus.subscribeMove, () => {
    const position = bus.position();
    return position?.axis === axis ? position.x : null;
  });
}

/** Charts with the same one share their crosshair. */
export function axisId(x: XKind, xKey: string | null): string {
  return x === "metric" ? `metric ${xKey}` : x;
}
