/** Run lists as pure values. */
import type { RunPage, RunRow } from "@/api/types";

/** What is asked of a project's runs. */
export interface RunQuestion {
  /** Words that a run's id, name, group or tags hold. */
  search: string;
  /** In the filter language. */
  filter: string;
  /** Keys separated by commas; empty for newest first. */
  sort: string;
  /** Keys of config and summary whose values are wanted beside the rows. */
  columns: readonly string[];
}

/** Whether a list has the server's own order, in which new runs come on top and others stay. */
export function isNewestFirst({ filter, sort }: RunQuestion): boolean {
  return filter === "" && sort === "";
}

/** Every loaded run in the order of the list, each once. */
export function flattenPages(pages: readonly RunPage[]): RunRow[] {
  const byId = new Map<string, RunRow>();
  for (const { runs } of pages)
    for (const run of runs) if (!byId.has(run.id)) byId.set(run.id, run);
  return [...byId.values()];
}

/** Puts changed runs into loaded pages in place; those that were deleted go. */
export function replaceChanged(pages: readonly RunPage[], changes: RunPage): RunPage[] {
  const changed = new Map(changes.runs.map((run) => [run.id, run]));
  const deleted = new Set(changes.deleted);
  return pages.map((page) => ({
    ...page,
    seq: changes.seq,
    runs: page.runs.flatMap((run) => (deleted.has(run.id) ? [] : [changed.get(run.id) ?? run])),
  }));
}

/**
 * As `replaceChanged`, for a list that is newest first: nothing under the pointer jumps, and new
 * runs come on top.
 */
export function mergeChanges(pages: readonly RunPage[], changes: RunPage): RunPage[] {
  const known = new Set(pages.flatMap(({ runs }) => runs.map(({ id }) => id)));
  const [first, ...rest] = replaceChanged(pages, changes);
  if (!first) return [];
  const newest = first.runs[0]?.created_at ?? "";
  // An old run that changed but lies beyond the loaded pages stays there.
  const arrived = changes.runs
    .filter(({ id, created_at }) => !known.has(id) && created_at >= newest)
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  return [{ ...first, runs: [...arrived, ...first.runs], total: changes.total }, ...rest];
}

/**
 * Whether a list lost or found runs that no change told of, such as those that were deleted for
 * good long ago: the count alone tells of them.
 *
 * @param merged `before` with the changes in it.
 */
export function hasVanished(before: readonly RunPage[], merged: readonly RunPage[]): boolean {
  const numMore = flattenPages(merged).length - flattenPages(before).length;
  return merged[0]?.total !== (before[0]?.total ?? 0) + numMore;
}

/** Pages without some runs, for the moment between a click and the server's word. */
export function withoutRuns(pages: readonly RunPage[], ids: ReadonlySet<string>): RunPage[] {
  const numGone = flattenPages(pages).filter(({ id }) => ids.has(id)).length;
  return pages.map((page) => ({
    ...page,
    total: page.total - numGone,
    runs: page.runs.filter(({ id }) => !ids.has(id)),
  }));
}

/** Pages with one run changed, for the same moment. */
export function withRun(
  pages: readonly RunPage[],
  id: string,
  change: (run: RunRow) => RunRow,
): RunPage[] {
  return pages.map((page) => ({
    ...page,
    runs: page.runs.map((run) => (run.id === id ? change(run) : run)),
  }));
}
