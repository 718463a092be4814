/** Run lists as pure values. */
import type { RunPage, RunRow } from "@/api/types";

/** Every loaded run, newest first, each once. */
export function flattenPages(pages: readonly RunPage[]): RunRow[] {
  const byId = new Map<string, RunRow>();
  for (const { runs } of pages)
    for (const run of runs) if (!byId.has(run.id)) byId.set(run.id, run);
  return [...byId.values()];
}

/**
 * Puts changed runs into loaded pages: known ones in place, so that nothing
 * under the pointer jumps; new ones on top.
 */
export function mergeChanges(pages: readonly RunPage[], changes: RunPage): RunPage[] {
  const changed = new Map(changes.runs.map((run) => [run.id, run]));
  const merged = pages.map((page) => ({
    ...page,
    runs: page.runs.map((run) => {
      const newer = changed.get(run.id);
      changed.delete(run.id);
      return newer ?? run;
    }),
  }));
  const [first, ...rest] = merged;
  if (!first) return merged;
  const newest = first.runs[0]?.created_at ?? "";
  // An old run that changed but lies beyond the loaded pages stays there.
  const arrived = [...changed.values()]
    .filter((run) => run.created_at >= newest)
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  const { total, seq } = changes;
  return [{ ...first, runs: [...arrived, ...first.runs], total, seq }, ...rest];
}

/**
 * Whether runs are gone (deleted, or no longer found by the search): the server tells of those
 * by the count alone.
 *
 * @param merged `before` with the changes in it.
 */
export function hasVanished(before: readonly RunPage[], merged: readonly RunPage[]): boolean {
  const numArrived = flattenPages(merged).length - flattenPages(before).length;
  return merged[0]?.total !== (before[0]?.total ?? 0) + numArrived;
}
