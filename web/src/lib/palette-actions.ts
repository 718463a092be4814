/** What the command palette offers beyond places: each page adds what can be done on it. */
import { useEffect, useEffectEvent } from "react";

export interface PaletteAction {
  /** Unique among actions, and the same every time: recent ones are remembered by it. */
  id: string;
  label: string;
  /** Other words that people look for it by. */
  keywords?: string | undefined;
  /** The key that does the same, as `useShortcuts` names it. */
  shortcut?: string | undefined;
  run: () => void;
}

const registry = new Set<() => readonly PaletteAction[]>();

/** Offers the actions as long as the component is there. */
export function usePaletteActions(actions: readonly PaletteAction[]): void {
  const current = useEffectEvent(() => actions);
  useEffect(() => {
    const entry = () => current();
    registry.add(entry);
    return () => void registry.delete(entry);
  }, []);
}

/** What is offered right now. Not to be called while rendering. */
export function listPaletteActions(): PaletteAction[] {
  const byId = new Map<string, PaletteAction>();
  for (const entry of registry) for (const action of entry()) byId.set(action.id, action);
  return [...byId.values()];
}
