import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useMemo } from "react";
import { type ProjectRef, type RunRef, useClient } from "@/api/client";
import type { RunDocument } from "@/api/runs";

/** The project's live events make everything under `["run", entity, project]` old. */
export const runKey = ({ entity, project, run }: RunRef) => ["run", entity, project, run];

export function useRun(ref: RunRef) {
  const client = useClient();
  return useQuery({ queryKey: runKey(ref), queryFn: () => client.getBareRun(ref) });
}

/** Asks for the run again. @returns A promise of it, so that events are followed one at a time. */
export function useRefreshRun({ entity, project, run }: RunRef) {
  const cache = useQueryClient();
  return useCallback(
    () => cache.invalidateQueries({ queryKey: runKey({ entity, project, run }), exact: true }),
    [cache, entity, project, run],
  );
}

/**
 * A config or summary, as much of it as was asked for; it follows the run's `seq`.
 *
 * @param limit About how many values come at a time.
 */
export function useDocument(
  ref: RunRef,
  seq: number,
  which: RunDocument,
  { search, limit }: { search: string; limit: number },
) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: [...runKey(ref), which, limit, search],
    queryFn: ({ signal, pageParam }) =>
      client.readDocument(ref, which, { search, limit, cursor: pageParam }, signal),
    initialPageParam: FIRST,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: (before) => before,
    structuralSharing: false,
  });
  const { data, refetch } = query;
  // Those that are on their way are not asked for again: on a busy run the next change is near.
  const onNews = useEffectEvent(() => void (data && refetch({ cancelRefetch: false })));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number tells of news
  useEffect(() => onNews(), [seq]);
  const values = useMemo(
    () => data && Object.assign({}, ...data.pages.map((page) => page.values)),
    [data],
  );
  return { ...query, values, newest: data?.pages.at(-1) };
}

/** Keys of tables that are there to be drawn as charts. */
export function useTablesOfCharts(
  { entity, project, run }: RunRef,
  isWanted: boolean,
): ReadonlySet<string> {
  const client = useClient();
  const { data } = useQuery({
    // As the run's charts ask, so that one answer is for both.
    queryKey: ["keys", entity, project, "charts", [run]],
    queryFn: ({ signal }) => client.listLoggedCharts({ entity, project }, [run], signal),
    enabled: isWanted,
    placeholderData: (before) => before,
  });
  return useMemo(() => new Set(data?.charts.map(({ table }) => table)), [data]);
}

/** What its script raised; events make it old with the run. */
export function useAlerts(ref: RunRef) {
  const client = useClient();
  return useQuery({
    queryKey: [...runKey(ref), "alerts"],
    queryFn: ({ signal }) => client.listAlerts(ref, signal),
  });
}

/** Where and with what it was started. It says so at its start; some clients say more at the end. */
export function useEnvironment(ref: RunRef, state: string | undefined) {
  const client = useClient();
  const { entity, project, run } = ref;
  return useQuery({
    queryKey: ["environment", entity, project, run, state],
    queryFn: ({ signal }) => client.getEnvironment(ref, signal),
    placeholderData: (before) => before,
  });
}

/** No cursor: the first page. */
const FIRST: string | undefined = undefined;

/** As many of the newest runs tell the tags that are in use. */
const RUNS_ASKED = 200;

/** Tags of the project, the most used first. */
export function useKnownTags({ entity, project }: ProjectRef, isWanted: boolean) {
  const client = useClient();
  const { data } = useQuery({
    queryKey: ["known-tags", entity, project],
    queryFn: ({ signal }) => client.listRuns({ entity, project }, { limit: RUNS_ASKED }, signal),
    enabled: isWanted,
  });
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const tag of data?.runs.flatMap(({ tags }) => tags) ?? []) {
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    return [...counts].toSorted(([, a], [, b]) => b - a).map(([tag]) => tag);
  }, [data]);
}
