import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ProjectRef, useClient } from "@/api/client";
import type { RuleChange, RulePlace, StoredProject } from "@/api/storage";
import { chosenOf, countOf, type Selection } from "./model";

const STORAGE = "storage";
const RETENTION = "retention";
const MAX_RUNS = 200;
/** Half of what the server takes in one request. */
const RUNS_AT_ONCE = 500;

/** The whole server for administrators, for others the projects of those they belong to. */
export function useServerStorage(isAdmin: boolean, entities: readonly string[]) {
  const client = useClient();
  return useQuery({
    queryKey: [STORAGE, "server", isAdmin, ...entities],
    queryFn: async () => {
      if (isAdmin) {
        const server = await client.getServerStorage();
        return { projects: server.projects, server };
      }
      const found = await Promise.all(entities.map((entity) => client.getEntityStorage(entity)));
      return { projects: bySize(found.flat()), server: null };
    },
    staleTime: 0,
  });
}

function bySize(projects: StoredProject[]): StoredProject[] {
  const size = (project: StoredProject) =>
    project.sizes.total + project.trash.total + project.artifacts.stored_bytes;
  return projects.sort((one, other) => size(other) - size(one));
}

export function useProjectStorage(ref: ProjectRef) {
  const client = useClient();
  return useQuery({
    queryKey: [STORAGE, ref.entity, ref.project],
    queryFn: () => client.getProjectStorage(ref, MAX_RUNS),
    staleTime: 0,
  });
}

export function useFreed(ref: ProjectRef, selection: Selection) {
  const client = useClient();
  const chosen = chosenOf(selection);
  return useQuery({
    queryKey: [STORAGE, ref.entity, ref.project, "freed", chosen],
    queryFn: ({ signal }) => client.previewFreed(ref, chosen, signal),
    enabled: countOf(selection) > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

/** Runs go to the trash; collections are gone. */
export function useDeleteChosen(ref: ProjectRef) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ runs, collections }: Selection) => {
      const ids = [...runs];
      for (let start = 0; start < ids.length; start += RUNS_AT_ONCE) {
        const some = ids.slice(start, start + RUNS_AT_ONCE);
        await client.changeRuns(ref, { runs: some, action: "delete" });
      }
      for (const collection of collections) await client.deleteCollection({ ...ref, collection });
    },
    // Also after a failure: some of it may be done.
    onSettled: () => cache.invalidateQueries(),
  });
}

export function useRestoreRuns(ref: ProjectRef) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (runs: string[]) => client.changeRuns(ref, { runs, action: "restore" }),
    onSettled: () => cache.invalidateQueries(),
  });
}

// Retention

export function useCollectionRetention(ref: ProjectRef & { collection: string }) {
  const client = useClient();
  return useQuery({
    queryKey: [RETENTION, ref.entity, ref.project, "collection", ref.collection],
    queryFn: () => client.getCollectionRetention(ref),
    staleTime: 0,
  });
}

export function useProjectRetention(ref: ProjectRef) {
  const client = useClient();
  return useQuery({
    queryKey: [RETENTION, ref.entity, ref.project],
    queryFn: () => client.getProjectRetention(ref),
    staleTime: 0,
  });
}

export function useDeletions(ref: ProjectRef) {
  const client = useClient();
  return useQuery({
    queryKey: [RETENTION, ref.entity, ref.project, "deletions"],
    queryFn: () => client.listDeletions(ref),
    staleTime: 0,
  });
}

export function useRulePreview(place: RulePlace, text: string) {
  const client = useClient();
  return useQuery({
    queryKey: [RETENTION, "preview", place, text],
    queryFn: ({ signal }) => client.previewRule(place, text, signal),
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
}

function useRetentionMutation<T, R>(change: (what: T) => Promise<R>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => cache.invalidateQueries({ queryKey: [RETENTION] }),
  });
}

export function useSetRule(place: RulePlace) {
  const client = useClient();
  return useRetentionMutation((change: RuleChange) => client.setRule(place, change));
}

export function useDeleteRule() {
  const client = useClient();
  return useRetentionMutation((place: RulePlace) => client.deleteRule(place));
}

export function useSetTtl(ref: ProjectRef) {
  const client = useClient();
  return useRetentionMutation((seconds: number | null) => client.setProjectTtl(ref, seconds));
}
