/** Which rows of a list are selected, to do something with all of them. */

export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins: the last row that was selected alone. */
  anchor: string | null;
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

export function toggleSelected({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/**
 * Selects from the anchor to `id`, whichever comes first; without an anchor, `id` alone.
 *
 * @param order Ids as they are listed.
 */
export function selectRange(selection: Selection, order: readonly string[], id: string): Selection {
  const { ids, anchor } = selection;
  const [from, to] = [anchor === null ? -1 : order.indexOf(anchor), order.indexOf(id)];
  if (to < 0) return selection;
  if (from < 0) return { ids: new Set([...ids, id]), anchor: id };
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...ids, ...range]), anchor };
}

/** All, or none where all are selected already. */
export function toggleAll({ ids }: Selection, order: readonly string[]): Selection {
  const isAll = order.length > 0 && order.every((id) => ids.has(id));
  return isAll ? NOTHING_SELECTED : { ids: new Set(order), anchor: null };
}

/** Runs that are gone cannot stay selected. */
export function keepSelected(selection: Selection, there: ReadonlySet<string>): Selection {
  const { ids, anchor } = selection;
  if ([...ids].every((id) => there.has(id))) return selection;
  return {
    ids: new Set([...ids].filter((id) => there.has(id))),
    anchor: anchor !== null && there.has(anchor) ? anchor : null,
  };
}
