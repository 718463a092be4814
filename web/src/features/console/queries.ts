import {
  keepPreviousData,
  useInfiniteQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { ConsoleLine, ConsoleMatches } from "@/api/types";
import { PAGE_LINES } from "./window";

/** Lines this near the end may still be rewritten by a progress bar. */
const REWRITTEN = 2000;
const MATCHES_AT_ONCE = 1000;
/** So many matches are fetched without anybody scrolling to them; the count is known before. */
const MATCHES_AHEAD = 4000;
/** While lines come in, a search is repeated this often. */
const SEARCH_AGAIN_MS = 4000;

const consoleKey = ({ entity, project, run }: RunRef) => ["console", entity, project, run];

/** What a console is asked for; undefined: all writers. */
export type Writer = string | undefined;

/** How many lines there are, and whose. Follows the run's `seq`. */
export function useConsoleExtent(ref: RunRef, writer: Writer, seq: number | undefined) {
  const client = useClient();
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: [...consoleKey(ref), writer, "extent"],
    queryFn: ({ signal }) => client.readConsole(ref, { writer, start: 0, limit: 1 }, signal),
    placeholderData: keepPreviousData,
  });
  const numLines = query.data?.total ?? 0;
  const isMerged = (query.data?.writers.length ?? 0) > 1 && writer === undefined;

  const onNews = useEffectEvent(async (news: number) => {
    // Kept beside the lines: whoever comes back to the page finds them as old as they are.
    const seqKey = [...consoleKey(ref), "seq"];
    const known = cache.getQueryData<number>(seqKey);
    cache.setQueryData(seqKey, news);
    if (known === undefined || known === news) return;
    // What stands far above the end stays as it is, unless a late writer's lines move it.
    const isOld = (page: unknown) =>
      typeof page === "number" && (isMerged || (page + 1) * PAGE_LINES > numLines - REWRITTEN);
    const queryKey = consoleKey(ref);
    await cache.invalidateQueries({ queryKey, predicate: (one) => isOld(one.queryKey[5]) });
    // Lines first, then their number: the screen grows when there is something to show.
    await cache.invalidateQueries({ queryKey, predicate: (one) => one.queryKey[5] === "extent" });
  });
  useEffect(() => {
    if (seq !== undefined) void onNews(seq);
  }, [seq]);
  return query;
}

/**
 * Lines by position, from pages that are kept.
 *
 * @param isSettled False while the person scrolls past: what is known is shown, nothing is asked.
 */
export function useConsolePages(
  ref: RunRef,
  writer: Writer,
  pages: readonly number[],
  isSettled: boolean,
) {
  const client = useClient();
  const found = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...consoleKey(ref), writer, page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        client.readConsole(ref, { writer, start: page * PAGE_LINES, limit: PAGE_LINES }, signal),
      enabled: isSettled,
      gcTime: 60_000,
    })),
  });
  const lines = new Map<number, ConsoleLine>();
  for (const { data } of found)
    for (const line of data?.lines ?? []) lines.set(line.position, line);
  const known = new Set(pages.filter((_, i) => found[i]?.data !== undefined));
  return {
    /** undefined while it loads; null where a writer left a number out. */
    lineAt: (position: number): ConsoleLine | null | undefined =>
      lines.get(position) ?? (known.has(Math.floor(position / PAGE_LINES)) ? null : undefined),
    error: found.find(({ error, data }) => error !== null && data === undefined)?.error ?? null,
    retry: () => {
      for (const query of found) if (query.error) void query.refetch();
    },
  };
}

export interface ConsoleQuestion {
  text: string;
  isPattern: boolean;
  isCaseSensitive: boolean;
  isErrorOnly: boolean;
  writer: Writer;
}

/** @returns Whether anything is looked for. */
export function isAsking({ text, isErrorOnly }: ConsoleQuestion): boolean {
  return text !== "" || isErrorOnly;
}

/** Lines that match, from the first on, and how many there are. */
export function useConsoleSearch(ref: RunRef, question: ConsoleQuestion, numLines: number) {
  const client = useClient();
  const cache = useQueryClient();
  const { writer, ...asked } = question;
  const queryKey = [...consoleKey(ref), writer, "search", asked];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      client.searchConsole(ref, { ...question, after: pageParam, limit: MATCHES_AT_ONCE }, signal),
    initialPageParam: 0,
    getNextPageParam: (page: ConsoleMatches) => page.next,
    enabled: isAsking(question),
    retry: false,
  });
  const matches = useMemo(() => query.data?.pages.flatMap((page) => page.matches), [query.data]);
  const numFound = matches?.length ?? 0;
  const { hasNextPage, isFetching, fetchNextPage } = query;

  useEffect(() => {
    if (hasNextPage && !isFetching && numFound < MATCHES_AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetching, numFound, fetchNextPage]);

  const numSearched = query.data?.pages[0]?.num_positions;
  const isOld = numSearched !== undefined && numSearched < numLines;
  const searchAgain = useEffectEvent(() => void cache.invalidateQueries({ queryKey }));
  useEffect(() => {
    if (!isOld || isFetching) return;
    const timer = setTimeout(() => searchAgain(), SEARCH_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isOld, isFetching]);

  return {
    matches,
    total: hasNextPage ? (query.data?.pages[0]?.total ?? null) : numFound,
    isSearching: isFetching && matches === undefined,
    error: query.error,
    hasMore: hasNextPage,
    loadMore: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
    /** All lines before this one were looked through. */
    covered: query.data?.pages.at(-1)?.next ?? numSearched ?? 0,
    /** For going from match to match beyond those that are loaded. */
    search: (after: number, limit: number) =>
      client.searchConsole(ref, { ...question, after, limit }),
  };
}
