import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type ProjectRef, useClient } from "@/api/client";

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
  return useCallback(() => void cache.invalidateQueries({ queryKey: LIST }), [cache]);
}
