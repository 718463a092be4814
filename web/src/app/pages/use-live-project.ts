import { useCallback, useEffect, useEffectEvent, useState } from "react";
import type { ProjectRef } from "@/api/client";
import { useRefreshColumns, useRefreshRuns, useReloadRuns } from "@/features/runs/queries";
import { useRefreshKeys } from "@/features/workspace/queries";
import { throttle, useLive } from "../live";

/** New keys are rare; asking for them at every event would be waste. */
const KEYS_EVERY_MS = 4000;
/** Events may be lost on the way, and a busy list waits with its order: it is looked at in any case. */
const LOOK_EVERY_MS = 15_000;

/**
 * Keeps a project's runs and keys as the server has them. Curves follow the runs' sequence.
 *
 * @param isThere False when there turned out to be nothing to follow.
 */
export function useLiveProject(ref: ProjectRef, isThere: boolean): void {
  const refreshRuns = useRefreshRuns(ref);
  const reloadRuns = useReloadRuns(ref);
  const refreshKeys = useRefreshKeys(ref);
  const refreshColumns = useRefreshColumns(ref);
  const [keys] = useState(() =>
    throttle(() => {
      refreshKeys();
      refreshColumns();
    }, KEYS_EVERY_MS),
  );
  const onChange = useCallback(async () => {
    if (await refreshRuns()) keys.call();
  }, [keys, refreshRuns]);
  const onGap = () => {
    reloadRuns();
    refreshKeys();
  };
  useLive(isThere ? `${ref.entity}/${ref.project}` : undefined, { onChange, onGap });

  const look = useEffectEvent(() => {
    // While the server is silent the events' reconnection watches for it.
    if (isThere && document.visibilityState === "visible") onChange().catch(() => undefined);
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
