/** One row of the list is active; keys move it and act on it. */
import { useState } from "react";
import type { RunRow } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import type { RunSelection } from "./use-selection";

interface RowKeyVerbs {
  onSearch: () => void;
  onToggle: (id: string) => void;
  onToggleAll: () => void;
  onSolo: (id: string) => void;
  onPin: (id: string) => void;
  onOpen: (run: RunRow) => void;
  onRename: (run: RunRow) => void;
  /** The row came under the keys, or none is. */
  onActive: (id: string | null) => void;
}

export function useRowKeys(runs: readonly RunRow[], selection: RunSelection, verbs: RowKeyVerbs) {
  const m = useMessages();
  const [activeId, setActiveId] = useState<string | null>(null);
  const at = activeId === null ? -1 : runs.findIndex(({ id }) => id === activeId);
  const active = runs[at];

  const moveBy = (step: number, isSelecting: boolean) => {
    const next = runs[Math.min(Math.max(at + step, 0), runs.length - 1)];
    if (!next) return;
    if (isSelecting) {
      if (active && selection.ids.size === 0) selection.select(active.id, false);
      selection.select(next.id, true);
    }
    setActiveId(next.id);
    verbs.onActive(next.id);
  };
  const leave = () => {
    if (selection.ids.size > 0) return selection.clear();
    setActiveId(null);
    verbs.onActive(null);
  };
  const on = (act: (run: RunRow) => void) => () => active && act(active);

  useShortcuts(
    {
      "/": { does: m.keyboard.search, run: verbs.onSearch },
      j: { does: m.keyboard.next, run: () => moveBy(1, false) },
      k: { does: m.keyboard.previous, run: () => moveBy(-1, false) },
      "J K": {
        does: m.runs.keys.extend,
        run: ({ key }) => moveBy(key === "J" ? 1 : -1, true),
      },
      x: { does: m.runs.keys.select, run: on(({ id }) => selection.select(id, false)) },
      X: { does: m.runs.keys.selectRange, run: on(({ id }) => selection.select(id, true)) },
      v: { does: m.keyboard.eye, run: on(({ id }) => verbs.onToggle(id)) },
      V: { does: m.runs.keys.allEyes, run: verbs.onToggleAll },
      s: { does: m.runs.keys.solo, run: on(({ id }) => verbs.onSolo(id)) },
      p: { does: m.runs.keys.pin, run: on(({ id }) => verbs.onPin(id)) },
      o: { does: m.keyboard.open, run: on(verbs.onOpen) },
      F2: { does: m.runs.rename, run: on(verbs.onRename) },
      // Only where there is something to leave: others on the page wait for the same key.
      ...((active || selection.ids.size > 0) && {
        Escape: { does: m.keyboard.deselect, run: leave },
      }),
    },
    { heading: m.runs.title },
  );
  return activeId;
}
