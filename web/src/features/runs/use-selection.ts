import { useCallback, useMemo, useState } from "react";
import type { RunRow } from "@/api/types";
import {
  keepSelected,
  NOTHING_SELECTED,
  selectRange,
  toggleAll,
  toggleSelected,
} from "./selection";

export type RunSelection = ReturnType<typeof useSelection>;

/** Which runs of a list are selected. It is not in the address: nobody shares a half-made choice. */
export function useSelection(runs: readonly RunRow[]) {
  const [chosen, setSelection] = useState(NOTHING_SELECTED);
  const order = useMemo(() => runs.map(({ id }) => id), [runs]);
  const selection = useMemo(() => keepSelected(chosen, new Set(order)), [chosen, order]);
  const select = useCallback(
    (id: string, isRange: boolean) =>
      setSelection((old) => (isRange ? selectRange(old, order, id) : toggleSelected(old, id))),
    [order],
  );
  return {
    ids: selection.ids,
    select,
    selectAll: useCallback(() => setSelection((old) => toggleAll(old, order)), [order]),
    clear: useCallback(() => setSelection(NOTHING_SELECTED), []),
  };
}
