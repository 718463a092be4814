import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo } from "react";
import { type Client, type ProjectRef, type RunRef, useClient } from "@/api/client";
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

/** As many as one looks at beside each other, of those that a request has room for. */
const MAX_RUNS = 20;
const MAX_ASKED = 200;

/** What runs show under a key at a step; the pictures before stay until the others are there. */
export function useMediaOfRuns(
  project: ProjectRef,
  key: string,
  runs: readonly AskedRun[],
  step: number | null,
) {
  const client = useClient();
  const { ids, isLive } = askedOf(runs);
  return useQuery({
    ...runsQuery(client, project, { key, ids, step, isLive }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? LOOK_EVERY_MS : false,
  });
}

/** As `usePrefetchValue`, of all runs. */
export function usePrefetchRuns(
  project: ProjectRef,
  key: string,
  runs: readonly AskedRun[],
  step: number | null,
): void {
  const client = useClient();
  const cache = useQueryClient();
  const asked = JSON.stringify({ ...project, ...askedOf(runs), key, step });
  const load = useEffectEvent(() => {
    if (step === null) return;
    void cache.prefetchQuery(runsQuery(client, project, { ...askedOf(runs), key, step }));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for what is asked
  useEffect(() => load(), [asked]);
}

interface AskedRun {
  id: string;
  isRunning: boolean;
}

interface AskedMedia {
  key: string;
  ids: readonly string[];
  step: number | null;
  /** Of its own: when the last run has ended, all is asked for once more. */
  isLive: boolean;
}

function askedOf(runs: readonly AskedRun[]): Pick<AskedMedia, "ids" | "isLive"> {
  return {
    ids: runs.slice(0, MAX_ASKED).map(({ id }) => id),
    isLive: runs.some(({ isRunning }) => isRunning),
  };
}

function runsQuery(client: Client, project: ProjectRef, { key, ids, step, isLive }: AskedMedia) {
  return {
    queryKey: ["media-of-runs", project.entity, project.project, key, ids, step, isLive],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      client.readMediaOfRuns(project, { key, runs: ids, step, limit: MAX_RUNS }, signal),
    staleTime: LOOK_EVERY_MS,
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
