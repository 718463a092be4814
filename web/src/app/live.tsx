/** Live events for the page: who listens, how often the page follows, and the dot in the top bar. */

import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
} from "react";
import { type LiveStatus, listen } from "@/api/events";
import type { ChangedRun } from "@/api/types";
import { ME } from "@/features/auth/queries";

interface Live {
  /** null: this page does not listen. */
  status: LiveStatus | null;
  setStatus: (status: LiveStatus | null) => void;
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const [status, setStatus] = useState<LiveStatus | null>(null);
  const live = useMemo(() => ({ status, setStatus }), [status]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLiveStatus(): LiveStatus | null {
  return use(LiveContext)?.status ?? null;
}

interface LiveHandlers {
  /** Which changes count; all of them if left out. */
  concerns?: (change: ChangedRun) => boolean;
  /** Something changed. Called once per `everyMs` at most, and once the last call has settled. */
  onChange: () => unknown;
  /** Events may have been missed. */
  onGap: () => void;
}

/** @param project `entity/project`; null for everything that is visible; undefined for nothing. */
export function useLive(
  project: string | null | undefined,
  handlers: LiveHandlers,
  everyMs = 1000,
): void {
  const setStatus = use(LiveContext)?.setStatus;
  const onChange = useEffectEvent(() => handlers.onChange());
  const onGap = useEffectEvent(() => handlers.onGap());
  const concerns = useEffectEvent((change: ChangedRun) => handlers.concerns?.(change) ?? true);
  const queries = useQueryClient();
  // Asking who is signed in brings the sign-in form where nobody is any more.
  const onRefused = useEffectEvent(() => void queries.invalidateQueries({ queryKey: ME }));
  const onStatus = useEffectEvent((status: LiveStatus | null) => setStatus?.(status));

  useEffect(() => {
    if (project === undefined) return;
    const follow = throttle(() => onChange(), everyMs);
    const stop = listen(project, {
      onStatus: (status) => onStatus(status),
      onRuns: (runs) => {
        if (runs.some((run) => concerns(run))) follow.call();
      },
      onGap: () => onGap(),
      onRefused: () => onRefused(),
    });
    return () => {
      stop();
      follow.cancel();
      onStatus(null);
    };
  }, [project, everyMs]);
}

/** Runs at once, then at most every `everyMs`, never two at a time; the last call is never lost. */
export function throttle(run: () => unknown, everyMs: number) {
  let isBusy = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const call = async () => {
    if (isBusy) {
      isWanted = true;
      return;
    }
    isBusy = true;
    isWanted = false;
    // A failed refresh is followed by the next event; there is nobody to tell.
    await Promise.resolve(run()).catch(() => undefined);
    timer = setTimeout(() => {
      isBusy = false;
      if (isWanted) void call();
    }, everyMs);
  };
  return { call: () => void call(), cancel: () => clearTimeout(timer) };
}
