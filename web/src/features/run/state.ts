/** What a run's state says. Pure. */
import type { RunState } from "@/api/types";

const LIVE_STATES: ReadonlySet<RunState> = new Set(["pending", "running", "preempting"]);

/** Ended without a word of its own: all that is known is when it was last heard from. */
const SILENT_STATES: ReadonlySet<RunState> = new Set(["crashed"]);

interface Ended {
  state: RunState;
  finished_at: string | null;
}

/** When a run ended; null where nobody knows, so that its last sign of life is all there is. */
export function endedAt({ state, finished_at }: Ended): string | null {
  return isLive(state) || SILENT_STATES.has(state) ? null : finished_at;
}

/** More may come from it. */
export function isLive(state: RunState): boolean {
  return LIVE_STATES.has(state);
}
