import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type RunRef, useClient } from "@/api/client";

/** The project's live events make everything under `["run", entity, project]` old. */
export const runKey = ({ entity, project, run }: RunRef) => ["run", entity, project, run];

export function useRun(ref: RunRef) {
  const client = useClient();
  return useQuery({ queryKey: runKey(ref), queryFn: () => client.getRun(ref) });
}

/** Asks for the run again. @returns A promise of it, so that events are followed one at a time. */
export function useRefreshRun({ entity, project, run }: RunRef) {
  const cache = useQueryClient();
  return useCallback(
    () => cache.invalidateQueries({ queryKey: runKey({ entity, project, run }), exact: true }),
    [cache, entity, project, run],
  );
}
