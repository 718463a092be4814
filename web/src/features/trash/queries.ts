import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ProjectRef, type RunRef, useClient } from "@/api/client";

const RUNS = "trash";
const FIRST: string | undefined = undefined;
const PROJECTS = ["trashed-projects"];

export function useTrash(ref: ProjectRef) {
  const client = useClient();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    {
      queryKey: [RUNS, ref.entity, ref.project],
      queryFn: ({ pageParam }) => client.listTrash(ref, pageParam),
      initialPageParam: FIRST,
      getNextPageParam: (last) => last.next_cursor ?? undefined,
      staleTime: 0,
    },
  );
  return {
    runs: data?.pages.flatMap((page) => page.runs),
    total: data?.pages[0]?.total ?? 0,
    days: data?.pages[0]?.trash_days,
    error,
    retry: () => void refetch(),
    more: hasNextPage ? () => void fetchNextPage() : null,
    isLoadingMore: isFetchingNextPage,
  };
}

export function useTrashedProjects() {
  const client = useClient();
  return useQuery({
    queryKey: PROJECTS,
    queryFn: () => client.listTrashedProjects(),
    staleTime: 0,
  });
}

/** Whatever happens to the trash shows in lists, counts and charts. */
function useTrashMutation<T>(change: (what: T) => Promise<unknown>) {
  const cache = useQueryClient();
  // Also after a failure: somebody else may have done it a moment ago.
  return useMutation({ mutationFn: change, onSettled: () => cache.invalidateQueries() });
}

export function useRestoreRun() {
  const client = useClient();
  return useTrashMutation((ref: RunRef) => client.restoreRun(ref));
}

export function useRemoveRun() {
  const client = useClient();
  return useTrashMutation((ref: RunRef) => client.removeRun(ref));
}

export function useEmptyTrash() {
  const client = useClient();
  return useTrashMutation((ref: ProjectRef) => client.emptyTrash(ref));
}

export function useRestoreProject() {
  const client = useClient();
  return useTrashMutation((ref: ProjectRef) => client.restoreProject(ref));
}
