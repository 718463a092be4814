import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { SeriesBatcher } from "@/api/series-batcher";
import type { Series } from "@/api/series-codec";
import type { Domain } from "@/charts/line/types";
import type { SystemLine } from "./model";

/** While a run goes on, it is asked this often what more was measured: clients do every 15 s. */
const AGAIN_MS = 5000;

export function useSystem({ entity, project, run }: RunRef, isLive: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ["system", entity, project, run],
    queryFn: ({ signal }) => client.getSystem({ entity, project, run }, signal),
    refetchInterval: isLive ? AGAIN_MS : false,
  });
}

/** Charts that come into view together ask together. */
export const BatcherContext = createContext<SeriesBatcher | null>(null);

export interface SystemScope {
  axis: "relative" | "time";
  zoom: Domain | null;
  buckets: number;
}

/** The curves of a chart's lines, in their order. New values make them old. */
export function useSystemSeries(
  ref: RunRef,
  lines: readonly SystemLine[],
  scope: SystemScope,
  isEnabled: boolean,
) {
  const batcher = use(BatcherContext);
  const { axis, zoom, buckets } = scope;
  const { entity, project, run } = ref;
  return useQuery({
    queryKey: ["system-series", entity, project, run, axis, zoom, buckets, lines],
    queryFn: async ({ signal }) => {
      if (batcher === null) throw new Error("No batcher was provided above this component.");
      const ask = ({ key, writer }: SystemLine) =>
        batcher.ask(
          {
            entity,
            project,
            runs: [run],
            key,
            stream: "system",
            axis,
            lo: zoom?.[0] ?? null,
            hi: zoom?.[1] ?? null,
            buckets,
            x_scale: "linear",
            x_key: null,
            writer,
            smoothing: null,
          },
          signal,
        );
      const answers = await Promise.all(lines.map(ask));
      return answers.map((answer): Series | null => answer.get(run) ?? null);
    },
    enabled: isEnabled && lines.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });
}
