/** The runs of a project as they are listed: pinned ones on top, with what the charts draw of them. */
import { useMemo } from "react";
import type { ProjectRef } from "@/api/client";
import type { RunRow } from "@/api/types";
import { runDashes } from "@/lib/run-colour";
import type { RunQuestion } from "./model";
import { arrangeRuns } from "./pins";
import { MAX_NAMED, useChosenRuns, usePinnedRuns, useRuns } from "./queries";
import { chosenIds, type Visibility, visibleRuns } from "./visibility";

const NO_RUNS: readonly RunRow[] = [];

export type RunListing = ReturnType<typeof useRunList>;

/** @param pins Ids of pinned runs, which neither search nor filter hides. */
export function useRunList(
  ref: ProjectRef,
  question: RunQuestion,
  pins: readonly string[],
  visibility: Visibility,
) {
  const list = useRuns(ref, question);
  const loaded = list.runs ?? NO_RUNS;
  const byId = useMemo(() => new Map(loaded.map((run) => [run.id, run])), [loaded]);
  // Those that a link names may lie anywhere in the list, or beyond what the filter lets through.
  const pinned = usePinnedRuns(ref, question.columns, unlisted(pins, byId, list.runs));
  const chosen = useChosenRuns(ref, question, unlisted(chosenIds(visibility), byId, list.runs));

  const { runs, numPinned } = useMemo(
    () => arrangeRuns(loaded, pins, pinned),
    [loaded, pins, pinned],
  );
  const drawn = useMemo(
    () => visibleRuns(runs, visibility, (id) => byId.get(id) ?? chosen.get(id) ?? pinned.get(id)),
    [runs, visibility, byId, chosen, pinned],
  );
  const visible = useMemo(() => new Set(drawn.map(({ id }) => id)), [drawn]);
  const dashes = useMemo(() => runDashes(byAge(drawn)), [drawn]);

  return {
    ...list,
    /** undefined while the first ones load. */
    runs: list.runs && runs,
    numPinned,
    visible,
    /** What the charts draw, in the order of the list. */
    drawn,
    dashes,
  };
}

function byAge(runs: readonly RunRow[]): RunRow[] {
  return runs.toSorted((a, b) => a.number - b.number);
}

/** None while the list itself is not there: most of them will be in it. */
function unlisted(
  ids: readonly string[],
  listed: ReadonlyMap<string, RunRow>,
  list: readonly RunRow[] | undefined,
): string[] {
  if (!list) return [];
  return ids.filter((id) => !listed.has(id)).slice(0, MAX_NAMED);
}
