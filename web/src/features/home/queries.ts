import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useClient } from "@/api/client";

const RECENT = ["recent-runs"];
const MAX_SHOWN = 12;

export function useRecentRuns() {
  const client = useClient();
  return useQuery({ queryKey: RECENT, queryFn: () => client.listRecentRuns(MAX_SHOWN) });
}

/** For live events: some run changed somewhere. */
export function useRefreshRecentRuns() {
  const cache = useQueryClient();
  return useCallback(() => cache.invalidateQueries({ queryKey: RECENT }), [cache]);
}
