import { useEffect, useEffectEvent, useState } from "react";
import type { RunRef } from "@/api/client";
import { useRefreshRun } from "@/features/run/queries";
import { useRefreshKeys } from "@/features/workspace/queries";
import { throttle, useLive } from "../live";

/** New keys are rare; asking for them at every event would be waste. */
const KEYS_EVERY_MS = 4000;
/** No event tells of a deleted run, so now and then the run is asked for. */
const LOOK_EVERY_MS = 15_000;

/**
 * Keeps a run as the server has it; whatever else a page shows of it follows its `seq`.
 *
 * @param seq Of the run as it is known now; undefined while it loads.
 * @param isThere False when there turned out to be nothing to follow.
 */
export function useLiveRun(ref: RunRef, seq: number | undefined, isThere: boolean): void {
  const refreshRun = useRefreshRun(ref);
  const refreshKeys = useRefreshKeys(ref);
  const [keys] = useState(() => throttle(() => refreshKeys(), KEYS_EVERY_MS));
  useLive(isThere ? `${ref.entity}/${ref.project}` : undefined, {
    concerns: ({ run }) => run === ref.run,
    onChange: refreshRun,
    onGap: () => {
      void refreshRun();
      refreshKeys();
    },
  });

  const onNews = useEffectEvent(() => keys.call());
  useEffect(() => {
    if (seq !== undefined) onNews();
  }, [seq]);

  const look = useEffectEvent(() => {
    // While the server is silent the events' reconnection watches for it.
    if (isThere && document.visibilityState === "visible") void refreshRun();
  });
  useEffect(() => {
    const timer = setInterval(() => look(), LOOK_EVERY_MS);
    const onVisible = () => look();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, []);
}
