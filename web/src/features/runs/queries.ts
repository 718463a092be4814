import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { type Client, type ProjectRef, useClient } from "@/api/client";
import type { ListRuns } from "@/api/runs";
import type { QueryWarning, RunPage, RunRow } from "@/api/types";
import { both, idIn } from "./filter-text";
import {
  flattenPages,
  hasVanished,
  isNewestFirst,
  mergeChanges,
  type RunQuestion,
  replaceChanged,
} from "./model";

/** The first page is small to be there at once, the others are large to be few. */
const FIRST_PAGE = 200;
const FURTHER_PAGE = 1000;
/** At most so many runs are asked for by name. */
export const MAX_NAMED = 500;

const NO_WARNINGS: readonly QueryWarning[] = [];
/** More than anybody reads through; the search finds the others. */
const MAX_COLUMNS = 2000;

export type RunsCache = InfiniteData<RunPage, string | undefined>;

export const runsKey = ({ entity, project }: ProjectRef) => ["runs", entity, project];
const listKey = (ref: ProjectRef, question: RunQuestion) => [...runsKey(ref), "list", question];

export function useRuns(ref: ProjectRef, question: RunQuestion) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: listKey(ref, question),
    queryFn: ({ pageParam, signal }) =>
      client.listRuns(
        ref,
        {
          ...question,
          cursor: pageParam,
          limit: pageParam === undefined ? FIRST_PAGE : FURTHER_PAGE,
        },
        signal,
      ),
    initialPageParam: undefined satisfies string | undefined,
    getNextPageParam: (page: RunPage) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    // Comparing a hundred thousand rows with themselves takes longer than drawing the few in sight.
    structuralSharing: false,
  });
  // While a filter is being written it often cannot be read: what was there stays.
  const [last, setLast] = useState({ ref, data: query.data });
  if (query.data && (last.data !== query.data || last.ref !== ref))
    setLast({ ref, data: query.data });
  const data = query.data ?? (last.ref === ref ? last.data : undefined);
  const runs = useMemo(() => data && flattenPages(data.pages), [data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return {
    runs,
    total: data?.pages[0]?.total ?? 0,
    /** What may not have been meant, in the server's words. */
    warnings: query.data?.pages[0]?.warnings ?? NO_WARNINGS,
    error: query.error,
    /** What is there answers an earlier question. */
    isOld: query.isPlaceholderData || query.isError,
    retry: useCallback(() => void query.refetch(), [query.refetch]),
    hasMore: hasNextPage,
    loadMore,
  };
}

/** Rows of runs that are wanted by name, whatever the list is filtered by. */
export function usePinnedRuns(
  ref: ProjectRef,
  columns: readonly string[],
  ids: readonly string[],
): ReadonlyMap<string, RunRow> {
  return useNamedRuns(ref, { columns, ids }, ids.length > 0);
}

/** Of the runs that are wanted by name, those that pass the question's search and filter. */
export function useChosenRuns(
  ref: ProjectRef,
  { search, filter, columns }: RunQuestion,
  ids: readonly string[],
): ReadonlyMap<string, RunRow> {
  const isOpen = search === "" && filter === "";
  const query = isOpen
    ? { columns, ids }
    : { columns, search, filter: both(filter, idIn(ids)), limit: MAX_NAMED };
  return useNamedRuns(ref, query, ids.length > 0);
}

function useNamedRuns(
  ref: ProjectRef,
  query: ListRuns,
  isWanted: boolean,
): ReadonlyMap<string, RunRow> {
  const client = useClient();
  const { data } = useQuery({
    queryKey: [...runsKey(ref), "named", query],
    queryFn: ({ signal }) => client.listRuns(ref, query, signal),
    enabled: isWanted,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
  return useMemo(
    () => new Map(isWanted ? data?.runs.map((run) => [run.id, run]) : []),
    [data, isWanted],
  );
}

/** For live events: runs may have recorded keys that none had before. */
export function useRefreshColumns({ entity, project }: ProjectRef) {
  const cache = useQueryClient();
  return useCallback(
    () => void cache.invalidateQueries({ queryKey: ["columns", entity, project] }),
    [cache, entity, project],
  );
}

/** A list in an order of its own is asked for anew after this, and longer where much is loaded. */
const REQUERY_MS = 5000;
const REQUERY_MS_PER_PAGE = 1000;

/** The columns that the project's runs have something in: all, or those that a search finds. */
export function useColumns(ref: ProjectRef, search: string, isWanted = true) {
  const client = useClient();
  return useQuery({
    queryKey: ["columns", ref.entity, ref.project, search],
    queryFn: ({ signal }) => client.listColumns(ref, { search, limit: MAX_COLUMNS }, signal),
    placeholderData: keepPreviousData,
    enabled: isWanted,
  });
}

/**
 * For live events: fetches only what changed and puts it into every loaded list. A list whose
 * count does not add up has lost runs and is loaded again; one that is filtered or sorted is
 * loaded again now and then, since any change may have moved a run in it.
 *
 * @returns Whether anything was new.
 */
export function useRefreshRuns(ref: ProjectRef) {
  const client = useClient();
  const cache = useQueryClient();
  const { entity, project } = ref;
  const restless = useRef(new Restless());
  return useCallback(async (): Promise<boolean> => {
    const place = { entity, project };
    const filters = { queryKey: [...runsKey(place), "list"], type: "active" as const };
    const queries = cache.getQueryCache().findAll(filters);
    const news = await Promise.all(
      queries.map(async ({ queryKey, queryHash }) => {
        const question = readQuestion(queryKey);
        const data = cache.getQueryData<RunsCache>(queryKey);
        const seq = data?.pages[0]?.seq;
        if (seq === undefined || question === null) return false;
        const isSteady = isNewestFirst(question);
        const search = isSteady ? question.search : "";
        const changes = await loadChanges(client, place, { ...question, search }, seq);
        const old = cache.getQueryData<RunsCache>(queryKey);
        if (!old) return false;
        const merge = isSteady ? mergeChanges : replaceChanged;
        const pages = merge(old.pages, changes);
        const isNews = changes.runs.length + changes.deleted.length > 0;
        if (isNews) cache.setQueryData<RunsCache>(queryKey, { ...old, pages });
        const isAskedAnew = isSteady
          ? hasVanished(old.pages, pages)
          : restless.current.isDue(queryHash, isNews, pages.length);
        if (isAskedAnew) await cache.invalidateQueries({ queryKey });
        return isAskedAnew || isNews;
      }),
    );
    if (news.includes(true)) {
      void cache.invalidateQueries({ queryKey: [...runsKey(place), "named"] });
    }
    await cache.invalidateQueries({ queryKey: ["run", entity, project] });
    return news.includes(true);
  }, [client, cache, entity, project]);
}

/** Which lists are to be asked for anew, and when. */
class Restless {
  private readonly asked = new Map<string, number>();
  private readonly changed = new Set<string>();

  isDue(list: string, isNews: boolean, numPages: number): boolean {
    if (isNews) this.changed.add(list);
    const now = Date.now();
    const wait = REQUERY_MS + numPages * REQUERY_MS_PER_PAGE;
    if (!this.changed.has(list) || now < (this.asked.get(list) ?? 0) + wait) return false;
    this.changed.delete(list);
    this.asked.set(list, now);
    return true;
  }
}

/** Everything that changed since, as one page, however many it took. */
async function loadChanges(
  client: Client,
  ref: ProjectRef,
  { search, columns }: RunQuestion,
  sinceSeq: number,
): Promise<RunPage> {
  const query = { search, columns, limit: FURTHER_PAGE };
  const all = await client.listRuns(ref, { ...query, sinceSeq });
  let page = all;
  while (page.runs.length + page.deleted.length >= FURTHER_PAGE) {
    page = await client.listRuns(ref, { ...query, sinceSeq: page.seq });
    all.runs.push(...page.runs);
    all.deleted.push(...page.deleted);
    all.seq = page.seq;
    all.total = page.total;
  }
  return all;
}

/** After a gap in the events: everything about the project may be old. */
export function useReloadRuns({ entity, project }: ProjectRef) {
  const cache = useQueryClient();
  return useCallback(() => {
    void cache.invalidateQueries({ queryKey: ["runs", entity, project] });
    void cache.invalidateQueries({ queryKey: ["run", entity, project] });
  }, [cache, entity, project]);
}

function readQuestion(key: readonly unknown[]): RunQuestion | null {
  const question = key.at(-1);
  return isQuestion(question) ? question : null;
}

function isQuestion(value: unknown): value is RunQuestion {
  return typeof value === "object" && value !== null && "columns" in value && "sort" in value;
}
