import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { type Client, type ProjectRef, useClient } from "@/api/client";
import type { RunPage } from "@/api/types";
import { flattenPages, hasVanished, mergeChanges } from "./model";

const PAGE_SIZE = 200;

type RunsCache = InfiniteData<RunPage, string | undefined>;

const listKey = ({ entity, project }: ProjectRef, search: string) => [
  "runs",
  entity,
  project,
  search,
];

export function useRuns(ref: ProjectRef, search: string) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: listKey(ref, search),
    queryFn: ({ pageParam }) =>
      client.listRuns(ref, { search, cursor: pageParam, limit: PAGE_SIZE }),
    initialPageParam: undefined satisfies string | undefined,
    getNextPageParam: (page: RunPage) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const runs = useMemo(() => query.data && flattenPages(query.data.pages), [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return {
    runs,
    total: query.data?.pages[0]?.total ?? 0,
    error: query.error,
    retry: useCallback(() => void query.refetch(), [query.refetch]),
    hasMore: hasNextPage,
    loadMore,
  };
}

/**
 * For live events: fetches only what changed and puts it into every loaded list. A list whose
 * count does not add up has lost runs and is loaded again.
 *
 * @returns Whether anything was new.
 */
export function useRefreshRuns(ref: ProjectRef) {
  const client = useClient();
  const cache = useQueryClient();
  const { entity, project } = ref;
  return useCallback(async (): Promise<boolean> => {
    const lists = cache.getQueriesData<RunsCache>({ queryKey: ["runs", entity, project] });
    const news = await Promise.all(
      lists.map(async ([key, data]) => {
        const seq = data?.pages[0]?.seq;
        const search = key[3];
        if (seq === undefined || typeof search !== "string") return false;
        const changes = await loadChanges(client, { entity, project }, search, seq);
        const old = cache.getQueryData<RunsCache>(key);
        if (!old) return false;
        const pages = mergeChanges(old.pages, changes);
        cache.setQueryData<RunsCache>(key, { ...old, pages });
        const isShort = hasVanished(old.pages, pages);
        if (isShort) await cache.invalidateQueries({ queryKey: key });
        return isShort || changes.runs.length > 0;
      }),
    );
    await cache.invalidateQueries({ queryKey: ["run", entity, project] });
    return news.includes(true);
  }, [client, cache, entity, project]);
}

/** Everything that changed since, as one page, however many pages it took. */
async function loadChanges(client: Client, ref: ProjectRef, search: string, sinceSeq: number) {
  const query = { search, sinceSeq, limit: 1000 };
  const changes = await client.listRuns(ref, query);
  let cursor = changes.next_cursor;
  while (cursor !== null) {
    const more = await client.listRuns(ref, { ...query, cursor });
    changes.runs.push(...more.runs);
    cursor = more.next_cursor;
  }
  return changes;
}

/** After a gap in the events: everything about the project may be old. */
export function useReloadRuns({ entity, project }: ProjectRef) {
  const cache = useQueryClient();
  return useCallback(() => {
    void cache.invalidateQueries({ queryKey: ["runs", entity, project] });
    void cache.invalidateQueries({ queryKey: ["run", entity, project] });
  }, [cache, entity, project]);
}
