import { useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { MediaKey, MediaValue } from "@/api/media";
import { hop, placeAtOrBefore } from "@/lib/steps";
import { stepBeside, useMediaSteps, useMediaValue, usePrefetchValue } from "./queries";

interface MediaPlace {
  project: RunRef;
  media: MediaKey;
  /** The step that all panels show; null: this one's own. */
  step: number | null;
  /** Given where panels move together. */
  onStep?: (step: number) => void;
}

/** Where the panel is among its key's values, and how it gets to others. */
export function useMediaStep(
  { project, media, step: shared, onStep }: MediaPlace,
  isSeen: boolean,
) {
  const client = useClient();
  const known = useMediaSteps(project, media, isSeen);
  const [own, setOwn] = useState<number | null>(null);
  const all = known.data?.steps ?? [];
  const total = known.data?.total ?? 0;
  const isThinned = total > all.length;
  const wanted = shared ?? own;
  // Between thinned steps there are values too: what was asked for is then believed.
  const isAsked = isThinned && own !== null && own === wanted;
  const step =
    all.length === 0
      ? null
      : isAsked
        ? own
        : (all[wanted === null ? all.length - 1 : placeAtOrBefore(all, wanted)] ?? null);
  const isHistogram = media.kind === "histogram";
  const at = useMediaValue(project, media.key, isHistogram ? null : step);
  usePrefetchValue(
    project,
    media.key,
    isHistogram || step === null || isThinned ? null : hop(all, step, 1),
  );

  const go = (next: number) => {
    setOwn(next);
    onStep?.(next);
  };
  const value: MediaValue | null | undefined = at.data;
  return {
    all,
    total,
    step,
    value,
    isStale: at.isPlaceholderData,
    error: known.error ?? at.error,
    retry: () => {
      void known.refetch();
      void at.refetch();
    },
    go,
    hop: async (direction: 1 | -1): Promise<boolean> => {
      if (step === null) return false;
      const next =
        isThinned && value
          ? await stepBeside(client, project, media.key, value.index + direction).catch(() => null)
          : hop(all, step, direction);
      if (next !== null) go(next);
      return next !== null;
    },
  };
}
