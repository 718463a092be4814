import { useCallback, useMemo, useState } from "react";
import type { RunRow } from "@/api/types";
import { useStable } from "@/lib/use-stable";
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
  const selection = useMemo(
    () =>
      chosen.ids.size === 0 ? chosen : keepSelected(chosen, new Set(runs.map(({ id }) => id))),
    [chosen, runs],
  );
  const order = () => runs.map(({ id }) => id);
  const select = useStable((id: string, isRange: boolean) =>
    setSelection(isRange ? selectRange(selection, order(), id) : toggleSelected(selection, id)),
  );
  return {
    ids: selection.ids,
    select,
    selectAll: useStable(() => setSelection(toggleAll(selection, order()))),
    clear: useCallback(() => setSelection(NOTHING_SELECTED), []),
  };
}
