import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { VersionRef } from "@/api/artifacts";
import { useClient } from "@/api/client";
import type {
  CollectionUpdate,
  LinkedCollectionRef,
  NewRegistry,
  RegistryRef,
  RegistryRole,
  RegistryUpdate,
} from "@/api/registry";

/** No event tells of a link, so pages in sight are asked for now and then. */
const LOOK_EVERY_MS = 15_000;
const FIRST: string | undefined = undefined;
const ALL = ["registry"];

const registryKey = (ref: RegistryRef) => [...ALL, "one", ref.organization, ref.registry];
const linkedKey = (ref: LinkedCollectionRef) => [...registryKey(ref), "linked", ref.collection];

/** Registries that the person sees, and organizations where new ones may be made. */
export function useRegistries() {
  const client = useClient();
  return useQuery({
    queryKey: [...ALL, "list"],
    queryFn: ({ signal }) => client.listRegistries(signal),
    refetchInterval: LOOK_EVERY_MS,
  });
}

/** Collections of all registries; nothing is asked for an empty text. */
export function useFoundCollections(search: string) {
  const client = useClient();
  return useQuery({
    queryKey: [...ALL, "search", search],
    queryFn: ({ signal }) => client.searchLinked(search, signal),
    enabled: search !== "",
    placeholderData: (old) => old,
  });
}

export function useRegistry(ref: RegistryRef) {
  const client = useClient();
  return useQuery({
    queryKey: registryKey(ref),
    queryFn: ({ signal }) => client.getRegistry(ref, signal),
  });
}

export function useLinkedCollections(ref: RegistryRef, isWanted = true) {
  const client = useClient();
  return useQuery({
    queryKey: [...registryKey(ref), "collections"],
    queryFn: ({ signal }) => client.listLinkedCollections(ref, signal),
    refetchInterval: LOOK_EVERY_MS,
    enabled: isWanted,
  });
}

export function useLinkedCollection(ref: LinkedCollectionRef) {
  const client = useClient();
  return useQuery({
    queryKey: linkedKey(ref),
    queryFn: ({ signal }) => client.getLinkedCollection(ref, signal),
    refetchInterval: LOOK_EVERY_MS,
  });
}

export function useLinkedVersions(ref: LinkedCollectionRef) {
  const client = useClient();
  const found = useInfiniteQuery({
    queryKey: [...linkedKey(ref), "versions"],
    queryFn: ({ pageParam, signal }) => client.listLinkedVersions(ref, pageParam, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  return {
    versions: found.data?.pages.flatMap((page) => page.versions),
    error: found.error,
    retry: () => void found.refetch(),
    more: found.hasNextPage ? () => void found.fetchNextPage() : null,
    isLoadingMore: found.isFetchingNextPage,
  };
}

export function useRegistryMembers(ref: RegistryRef) {
  const client = useClient();
  return useQuery({
    queryKey: [...registryKey(ref), "members"],
    queryFn: ({ signal }) => client.listRegistryMembers(ref, signal),
  });
}

export function useRegistryChanges(ref: RegistryRef) {
  const client = useClient();
  const found = useInfiniteQuery({
    queryKey: [...registryKey(ref), "changes"],
    queryFn: ({ pageParam, signal }) => client.listRegistryChanges(ref, pageParam, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  return {
    changes: found.data?.pages.flatMap((page) => page.changes),
    error: found.error,
    retry: () => void found.refetch(),
    more: found.hasNextPage ? () => void found.fetchNextPage() : null,
    isLoadingMore: found.isFetchingNextPage,
  };
}

/** Something that changes registries; whatever pages show of them is asked for again. */
function useChange<Wanted, Made>(change: (wanted: Wanted) => Promise<Made>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    // What failed has mostly failed because somebody else was faster.
    onSettled: () => cache.invalidateQueries({ queryKey: ALL }),
  });
}

export function useCreateRegistry() {
  const client = useClient();
  return useChange((wanted: NewRegistry) => client.createRegistry(wanted));
}

export function useUpdateRegistry(ref: RegistryRef) {
  const client = useClient();
  return useChange((change: RegistryUpdate) => client.updateRegistry(ref, change));
}

export function useDeleteRegistry(ref: RegistryRef) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.deleteRegistry(ref),
    onSuccess: () => {
      cache.removeQueries({ queryKey: registryKey(ref) });
      return cache.invalidateQueries({ queryKey: [...ALL, "list"] });
    },
  });
}

export function useUpdateCollection(ref: LinkedCollectionRef) {
  const client = useClient();
  return useChange((change: CollectionUpdate) => client.updateLinkedCollection(ref, change));
}

export function useDeleteCollection(ref: LinkedCollectionRef) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.deleteLinkedCollection(ref),
    onSuccess: () => {
      cache.removeQueries({ queryKey: linkedKey(ref) });
      return cache.invalidateQueries({ queryKey: [...registryKey(ref), "collections"] });
    },
  });
}

export function useUnlink(ref: LinkedCollectionRef) {
  const client = useClient();
  return useChange((version: string) => client.unlinkVersion(ref, version));
}

export interface AliasMove {
  alias: string;
  /** null takes it away. */
  version: string | null;
  /** What it stands for now; empty for nothing. */
  expected: string;
}

export function useMoveAlias(ref: LinkedCollectionRef) {
  const client = useClient();
  return useChange(({ alias, version, expected }: AliasMove) =>
    client.setLinkedAlias(ref, alias, version, expected),
  );
}

export interface NewLink {
  target: LinkedCollectionRef;
  source: VersionRef;
  aliases: readonly string[];
}

export function useLink() {
  const client = useClient();
  return useChange(({ target, source, aliases }: NewLink) =>
    client.linkVersion(target, source, aliases),
  );
}

export function useSetMember(ref: RegistryRef) {
  const client = useClient();
  return useChange(({ name, role }: { name: string; role: RegistryRole }) =>
    client.setRegistryMember(ref, name, role),
  );
}

export function useRemoveMember(ref: RegistryRef) {
  const client = useClient();
  return useChange((name: string) => client.removeRegistryMember(ref, name));
}

export function useProtect(ref: RegistryRef) {
  const client = useClient();
  return useChange(({ alias, isProtected }: { alias: string; isProtected: boolean }) =>
    isProtected ? client.protectAlias(ref, alias) : client.unprotectAlias(ref, alias),
  );
}
