import { useState } from "react";
import type { RunRow } from "@/api/types";

/** The cell that keys act on. A run's id, not its row: the row may move while the run stays. */
export interface ActiveCell {
  run: string;
  column: string;
}

export function useTableCursor(runs: readonly RunRow[], columns: readonly string[]) {
  const [active, setActive] = useState<ActiveCell | null>(null);
  const row = active ? runs.findIndex(({ id }) => id === active.run) : -1;
  const column = active ? columns.indexOf(active.column) : -1;
  return {
    active: row >= 0 && column >= 0 ? active : null,
    row,
    column,
    moveTo: (nextRow: number, nextColumn: number): void => {
      const [run, key] = [runs[nextRow], columns[nextColumn]];
      if (run && key !== undefined) setActive({ run: run.id, column: key });
    },
    setActive,
  };
}
