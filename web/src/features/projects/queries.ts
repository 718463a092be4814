import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useClient } from "@/api/client";

const LIST = ["projects"];

export function useProjects() {
  const client = useClient();
  return useQuery({ queryKey: LIST, queryFn: () => client.listProjects() });
}

/** For live events: something happened in some project. */
export function useRefreshProjects() {
  const cache = useQueryClient();
  return useCallback(() => void cache.invalidateQueries({ queryKey: LIST }), [cache]);
}
