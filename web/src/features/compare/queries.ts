import { keepPreviousData, type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "@/api/client";
import type { RunEnvironment } from "@/api/environment";
import type { RunDetail, RunRow } from "@/api/types";
import { isAt, type Place, type RunAddress } from "./refs";

export interface LoadedRun {
  address: RunAddress;
  run: RunDetail | undefined;
  environment: RunEnvironment | undefined;
  error: Error | null;
  environmentError: Error | null;
  retry: () => void;
}

/** Details and surroundings of all runs; each is a column as soon as it is there. */
export function useComparedRuns(addresses: readonly RunAddress[]): LoadedRun[] {
  const client = useClient();
  const details = useQueries({
    queries: addresses.map((ref) => ({
      queryKey: ["run", ref.entity, ref.project, ref.run, "whole"],
      queryFn: () => client.getRun(ref),
    })),
    combine: parts,
  });
  const environments = useQueries({
    queries: addresses.map((ref) => ({
      queryKey: ["environment", ref.entity, ref.project, ref.run],
      queryFn: () => client.getEnvironment(ref),
    })),
    combine: parts,
  });
  // The same list until there is news: building the table of fifty runs is work.
  return useMemo(
    () =>
      addresses.map((address, i) => ({
        address,
        run: details[i]?.data,
        environment: environments[i]?.data,
        error: details[i]?.error ?? null,
        environmentError: environments[i]?.error ?? null,
        retry: () => {
          void details[i]?.refetch();
          void environments[i]?.refetch();
        },
      })),
    [addresses, details, environments],
  );
}

/** A function of its own, so that unchanged answers combine to an unchanged list. */
function parts<T>(results: readonly UseQueryResult<T>[]) {
  return results.map(({ data, error, refetch }) => ({ data, error, refetch }));
}

/** What is better, of the keys about which a script of these runs said so. */
export function useGoals(place: Place, addresses: readonly RunAddress[]) {
  const client = useClient();
  const runs = addresses.filter((run) => isAt(run, place)).map(({ run }) => run);
  const { data } = useQuery({
    queryKey: ["keys", place.entity, place.project, "history", runs],
    queryFn: () => client.listKeys(place, runs, "history"),
    structuralSharing: false,
    enabled: runs.length > 1,
  });
  return useMemo(
    () => new Map(data?.flatMap(({ name, better }) => (better ? [[name, better] as const] : []))),
    [data],
  );
}

const FOUND = 30;

export function useFindRuns(place: Place, search: string, isEnabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ["find-runs", place.entity, place.project, search],
    queryFn: async ({ signal }): Promise<RunRow[]> =>
      (await client.listRuns(place, { search, limit: FOUND }, signal)).runs,
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}
