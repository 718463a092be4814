import { useCallback, useState } from "react";
import type { ProjectRef } from "@/api/client";
import { useRefreshRuns, useReloadRuns } from "@/features/runs/queries";
import { useRefreshKeys } from "@/features/workspace/queries";
import { throttle, useLive } from "../live";

/** New keys are rare; asking for them at every event would be waste. */
const KEYS_EVERY_MS = 4000;

/** Keeps a project's runs and keys as the server has them. Curves follow the runs' sequence. */
export function useLiveProject(ref: ProjectRef): void {
  const refreshRuns = useRefreshRuns(ref);
  const reloadRuns = useReloadRuns(ref);
  const refreshKeys = useRefreshKeys(ref);
  const [keys] = useState(() => throttle(refreshKeys, KEYS_EVERY_MS));
  const onChange = useCallback(() => {
    keys.call();
    return refreshRuns();
  }, [keys, refreshRuns]);
  const onGap = () => {
    reloadRuns();
    refreshKeys();
  };
  useLive(`${ref.entity}/${ref.project}`, { onChange, onGap });
}
