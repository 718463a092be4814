import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type {
  ArtifactCollection,
  ArtifactType,
  CollectionChange,
  CollectionRef,
  FindChanges,
  FindLineage,
  Pair,
  VersionChange,
  VersionRef,
} from "@/api/artifacts";
import { type Client, type ProjectRef, type RunRef, useClient } from "@/api/client";
import { isNotFound } from "@/api/problem";

/** No event tells of a version, so lists in sight are asked for now and then. */
const LOOK_EVERY_MS = 15_000;
const FIRST: string | undefined = undefined;

const projectKey = ({ entity, project }: ProjectRef) => ["artifacts", entity, project];

export interface Collections {
  types: ArtifactType[];
  collections: ArtifactCollection[];
}

export function useCollections(ref: ProjectRef) {
  const client = useClient();
  return useQuery({
    queryKey: [...projectKey(ref), "collections"],
    queryFn: ({ signal }) => loadCollections(client, ref, signal),
    refetchInterval: LOOK_EVERY_MS,
  });
}

async function loadCollections(
  client: Client,
  ref: ProjectRef,
  signal: AbortSignal,
): Promise<Collections> {
  const collections: ArtifactCollection[] = [];
  let cursor: string | undefined;
  while (true) {
    const page = await client.listCollections(ref, cursor, signal);
    collections.push(...page.collections);
    if (page.next_cursor === null) return { types: page.types, collections };
    cursor = page.next_cursor;
  }
}

export function useVersions(ref: CollectionRef) {
  const client = useClient();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    {
      queryKey: [...projectKey(ref), "versions", ref.collection],
      queryFn: ({ pageParam, signal }) => client.listVersions(ref, pageParam, signal),
      initialPageParam: FIRST,
      getNextPageParam: (last) => last.next_cursor ?? undefined,
      refetchInterval: LOOK_EVERY_MS,
    },
  );
  return {
    versions: data?.pages.flatMap((page) => page.versions),
    total: data?.pages[0]?.total ?? 0,
    error,
    retry: () => void refetch(),
    more: hasNextPage ? () => void fetchNextPage() : null,
    isLoadingMore: isFetchingNextPage,
  };
}

export function useVersion(ref: VersionRef) {
  const client = useClient();
  return useQuery({
    queryKey: [...projectKey(ref), "version", ref.collection, ref.version],
    queryFn: ({ signal }) => client.getVersion(ref, signal),
    refetchInterval: (query) => (isNotFound(query.state.error) ? false : LOOK_EVERY_MS),
    // While the next version loads, the page keeps its shape.
    placeholderData: (old) => (old?.collection === ref.collection ? old : undefined),
  });
}

export function useRunArtifacts(ref: RunRef) {
  const client = useClient();
  return useQuery({
    queryKey: [...projectKey(ref), "run", ref.run],
    queryFn: ({ signal }) => client.listRunArtifacts(ref, signal),
    refetchInterval: LOOK_EVERY_MS,
  });
}

/** Where a version or a run comes from and where it went. */
export function useLineage(of: VersionRef | RunRef, find: FindLineage) {
  const client = useClient();
  const name = "run" in of ? [of.run] : [of.collection, of.version];
  return useQuery({
    queryKey: [...projectKey(of), "lineage", ...name, find],
    queryFn: ({ signal }) => client.readLineage(of, find, signal),
    refetchInterval: LOOK_EVERY_MS,
    // The same picture stays while it is looked at further.
    placeholderData: (old, query) => (query?.queryKey[5] === name[1] ? old : undefined),
  });
}

/** Files that differ between two versions, as far as they were asked for. */
export function useVersionDiff(
  at: CollectionRef,
  pair: Pair | null,
  find: Omit<FindChanges, "cursor">,
) {
  const client = useClient();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    {
      queryKey: [...projectKey(at), "diff", at.collection, pair, find],
      queryFn: ({ pageParam, signal }) =>
        client.diffVersions(
          at,
          pair ?? { from: "", to: "" },
          { ...find, cursor: pageParam },
          signal,
        ),
      initialPageParam: FIRST,
      getNextPageParam: (last) => last.next_cursor ?? undefined,
      enabled: pair !== null,
      // While another search is on its way, what was found before stays.
      placeholderData: (old, query) =>
        JSON.stringify(query?.queryKey[5]) === JSON.stringify(pair) ? old : undefined,
    },
  );
  return {
    diff: data?.pages[0],
    changes: data?.pages.flatMap((page) => page.changes),
    error,
    retry: () => void refetch(),
    more: hasNextPage ? () => void fetchNextPage() : null,
    isLoadingMore: isFetchingNextPage,
  };
}

export function useVersionMetrics(ref: CollectionRef, metrics: readonly string[]) {
  const client = useClient();
  return useQuery({
    queryKey: [...projectKey(ref), "metrics", ref.collection, metrics],
    queryFn: ({ signal }) => client.readMetrics(ref, metrics, signal),
    refetchInterval: LOOK_EVERY_MS,
    placeholderData: (old, query) => (query?.queryKey[4] === ref.collection ? old : undefined),
  });
}

/** For live events and after changes: whatever is shown of a project's artifacts. */
export function useRefreshArtifacts({ entity, project }: ProjectRef) {
  const cache = useQueryClient();
  return useCallback(
    () => cache.invalidateQueries({ queryKey: projectKey({ entity, project }) }),
    [cache, entity, project],
  );
}

/** Changes to versions of a collection, each named by its number. */
export function useChangeVersions({ entity, project, collection }: CollectionRef) {
  const client = useClient();
  const refresh = useRefreshArtifacts({ entity, project });
  return useMutation({
    mutationFn: ({ version, change }: { version: string; change: VersionChange }) =>
      client.changeVersion({ entity, project, collection, version }, change),
    onSettled: refresh,
  });
}

export function useChangeCollection(ref: CollectionRef) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (change: CollectionChange) => client.changeCollection(ref, change),
    // The list alone: by its old name there is nothing to be asked for any more.
    onSuccess: () => cache.invalidateQueries({ queryKey: [...projectKey(ref), "collections"] }),
  });
}

/** A version, or where none is named the whole collection. */
export function useDelete(ref: CollectionRef) {
  const client = useClient();
  const refresh = useRefreshArtifacts(ref);
  return useMutation({
    mutationFn: (version: string | null) =>
      version === null ? client.deleteCollection(ref) : client.deleteVersion({ ...ref, version }),
    onSettled: refresh,
  });
}
