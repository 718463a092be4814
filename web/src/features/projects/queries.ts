import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type ProjectRef, useClient } from "@/api/client";
import type { NewProject } from "@/api/projects";

const LIST = ["projects"];

export function useProjects() {
  const client = useClient();
  return useQuery({ queryKey: LIST, queryFn: () => client.listProjects() });
}

export function useProject(ref: ProjectRef) {
  const client = useClient();
  return useQuery({
    queryKey: ["project", ref.entity, ref.project],
    queryFn: () => client.getProject(ref),
  });
}

/** For live events: something happened in some project. */
export function useRefreshProjects() {
  const cache = useQueryClient();
  return useCallback(() => cache.invalidateQueries({ queryKey: LIST }), [cache]);
}

export function useCreateProject() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewProject) => client.createProject(wanted),
    // Also what is kept of a project by that address: it may have led to a renamed one.
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: LIST }),
        cache.invalidateQueries({ queryKey: ["project"] }),
      ]),
  });
}

export function useDescribeProject() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ ref, description }: { ref: ProjectRef; description: string }) =>
      client.describeProject(ref, description),
    onSuccess: (_, { ref }) =>
      Promise.all([
        cache.invalidateQueries({ queryKey: LIST }),
        cache.invalidateQueries({ queryKey: ["project", ref.entity, ref.project] }),
      ]),
  });
}

/** Everything that is kept under the old address is asked for anew. */
export function useRenameProject() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ ref, name }: { ref: ProjectRef; name: string }) =>
      client.renameProject(ref, name),
    onSuccess: () => cache.invalidateQueries(),
  });
}

/** To the trash and back: what cannot be undone is the trash's own business. */
export function useDeleteProject() {
  const client = useClient();
  const cache = useQueryClient();
  const onSuccess = () => cache.invalidateQueries();
  const remove = useMutation({
    mutationFn: (ref: ProjectRef) => client.deleteProject(ref),
    onSuccess,
  });
  const restore = useMutation({
    mutationFn: (ref: ProjectRef) => client.restoreProject(ref),
    onSuccess,
  });
  return { remove, restore };
}
