import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from "react";
import { type ProjectRef, useClient } from "@/api/client";
import { isTransient } from "@/api/problem";
import type { SeriesByRun } from "@/api/series-batcher";
import type { RunVersion, SeriesScope, SeriesStore } from "@/api/series-store";
import type { Stream } from "@/api/types";

/** A failed picture is tried again after this, as long as a retry may help. */
const RETRY_MS = 5000;

export const SeriesStoreContext = createContext<SeriesStore | null>(null);

/** @param runs Whose keys; none means the newest runs of the project. */
export function useKeys({ entity, project }: ProjectRef, runs: readonly string[], stream: Stream) {
  const client = useClient();
  return useQuery({
    queryKey: ["keys", entity, project, stream, runs],
    queryFn: () => client.listKeys({ entity, project }, runs, stream),
    placeholderData: keepPreviousData,
    // The client gives the same list while nothing has changed; comparing a long one takes long.
    structuralSharing: false,
  });
}

/** For live events: runs may have logged keys that they never logged before. */
export function useRefreshKeys({ entity, project }: ProjectRef) {
  const cache = useQueryClient();
  return useCallback(
    () => void cache.invalidateQueries({ queryKey: ["keys", entity, project] }),
    [cache, entity, project],
  );
}

interface Picture {
  scope: string;
  series: SeriesByRun;
}

/** A panel's series. While a new question runs, the old picture stays. */
export function useSeries(scope: SeriesScope, runs: readonly RunVersion[], isEnabled: boolean) {
  const store = useSeriesStore();
  const [picture, setPicture] = useState<Picture | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const scopeText = JSON.stringify(scope);
  const versions = runs.map(({ id, seq }) => `${id}:${seq}`).join(" ");
  const asking = useRef<AbortController | null>(null);

  // Another question (another zoom), or nobody to answer: what is on its way is taken back. New
  // rows of the same question are no reason: on a busy run the next change is always on its way.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the question
  useEffect(() => {
    const abort = new AbortController();
    asking.current = abort;
    return () => abort.abort();
  }, [scopeText]);

  const load = useEffectEvent(() => {
    const signal = asking.current?.signal;
    store.ensure(scope, runs, signal).then(
      () => {
        if (signal?.aborted) return;
        setPicture({ scope: scopeText, series: store.collect(scope, runs) });
        setError(null);
      },
      (reason: unknown) => {
        if (!signal?.aborted) setError(reason);
      },
    );
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts stand for scope and runs, which are new objects in every render
  useEffect(() => {
    if (isEnabled) load();
  }, [isEnabled, scopeText, versions, attempt]);

  useEffect(() => {
    if (!isTransient(error)) return;
    const timer = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    return () => clearTimeout(timer);
  }, [error]);

  return {
    series: picture?.series ?? null,
    isLoading: picture?.scope !== scopeText && error === null,
    /** With series beside it: those are from before. */
    error,
    retry: () => {
      setError(null);
      setAttempt(attempt + 1);
    },
  };
}

function useSeriesStore(): SeriesStore {
  const store = use(SeriesStoreContext);
  if (store === null) throw new Error("No series store was provided above this component.");
  return store;
}
