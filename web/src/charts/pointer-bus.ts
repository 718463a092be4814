/**
 * What the pointer is on, shared by all charts of a page: one x for the
 * crosshair, one run to bring forward. Outside React, since it changes with
 * every mouse move and only canvases follow.
 */
import { createContext, use, useSyncExternalStore } from "react";

export interface CrosshairPosition {
  x: number;
  /** The chart under the pointer; the others only follow. */
  source: symbol;
}

export class PointerBus {
  #position: CrosshairPosition | null = null;
  #run: string | null = null;
  readonly #onMove = new Set<() => void>();
  readonly #onRun = new Set<() => void>();

  get position(): CrosshairPosition | null {
    return this.#position;
  }

  readonly highlightedRun = (): string | null => this.#run;

  moveTo(position: CrosshairPosition | null): void {
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
