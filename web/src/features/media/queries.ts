import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type Client, type RunRef, useClient } from "@/api/client";
import type { MediaKey } from "@/api/media";
import { type FileOwner, ownerPath } from "@/api/transport";

const mediaKey = ({ entity, project, run }: RunRef) => ["media", entity, project, run];

/** A live run logs several values a second; people look every few seconds. */
const LOOK_EVERY_MS = 5_000;

export function useMediaKeys(ref: RunRef, isLive: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...mediaKey(ref), "keys"],
    queryFn: ({ signal }) => client.listMedia(ref, signal),
    refetchInterval: isLive ? LOOK_EVERY_MS : false,
  });
}

/** Keys of tables that the run's custom charts draw. */
export function useTablesOfCharts({ entity, project, run }: RunRef): ReadonlySet<string> {
  const client = useClient();
  const { data } = useQuery({
    queryKey: [...mediaKey({ entity, project, run }), "of-charts"],
    queryFn: ({ signal }) => client.listLoggedCharts({ entity, project }, [run], signal),
  });
  return useMemo(() => new Set(data?.charts.map(({ table }) => table)), [data]);
}

/** Steps at which the key has values (2,000 of them at most), and how many values there are. */
export function useMediaSteps(ref: RunRef, key: MediaKey, isEnabled: boolean) {
  const client = useClient();
  return useQuery({
    // More values are another question; a finished run's answer stays.
    queryKey: [...mediaKey(ref), "steps", key.key, key.num_values, key.last_step],
    queryFn: async ({ signal }) => {
      const answer = await client.readMedia(ref, [key.key], { limit: 1 }, signal);
      const series = answer.series[0];
      return { steps: series?.steps ?? [], total: series?.total ?? 0 };
    },
    enabled: isEnabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

/** What was logged at a step; the picture before stays until it is there. */
export function useMediaValue(ref: RunRef, key: string, step: number | null) {
  const client = useClient();
  return useQuery({
    ...valueQuery(client, ref, key, step ?? 0),
    enabled: step !== null,
    placeholderData: keepPreviousData,
  });
}

/** Loads what comes next, so that playing does not wait. */
export function usePrefetchValue(ref: RunRef, key: string, step: number | null): void {
  const client = useClient();
  const cache = useQueryClient();
  useEffect(() => {
    if (step !== null) void cache.prefetchQuery(valueQuery(client, ref, key, step));
  }, [client, cache, ref, key, step]);
}

function valueQuery(client: Client, ref: RunRef, key: string, step: number) {
  return {
    queryKey: [...mediaKey(ref), "value", key, step],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const range = { fromStep: step, toStep: step, limit: 1 };
      const answer = await client.readMedia(ref, [key], range, signal);
      return answer.series[0]?.values[0] ?? null;
    },
    staleTime: 60_000,
  };
}

/** For arrows where the slider's steps are thinned: the value next to a place among all. */
export async function stepBeside(
  client: Client,
  ref: RunRef,
  key: string,
  index: number,
): Promise<number | null> {
  const answer = await client.readMedia(ref, [key], { offset: index, limit: 1 });
  return answer.series[0]?.values[0]?.step ?? null;
}

const MAX_HISTOGRAMS = 200;

export function useHistograms(ref: RunRef, key: MediaKey, isEnabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...mediaKey(ref), "histograms", key.key, key.num_values, key.last_step],
    queryFn: ({ signal }) => client.readHistograms(ref, key.key, MAX_HISTOGRAMS, signal),
    enabled: isEnabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

export const TABLE_PAGE = 100;

export function useTable(owner: FileOwner, path: string, version: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: ["table", ownerPath(owner), path, version],
    queryFn: ({ signal }) =>
      client.readTable(owner, path, { offset: 0, limit: TABLE_PAGE }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A file that is read whole: a figure, boxes. */
export function useFileText(ref: RunRef, path: string | null, version: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: [...mediaKey(ref), "text", path, version],
    queryFn: async ({ signal }) => {
      const { bytes } = await client.readFile(ref, path ?? "", MAX_READ, signal);
      return new TextDecoder().decode(bytes);
    },
    enabled: path !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const MAX_READ = 32 * 2 ** 20;
