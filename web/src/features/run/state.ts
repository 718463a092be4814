/** What a run's state says. Pure. */
import type { RunState } from "@/api/types";

const LIVE_STATES: ReadonlySet<RunState> = new Set(["pending", "running", "preempting"]);

/** Ended without a word of its own: all that is known is when it was last heard from. */
export const SILENT_STATES: ReadonlySet<RunState> = new Set(["crashed"]);

/** More may come from it. */
export function isLive(state: RunState): boolean {
  return LIVE_STATES.has(state);
}
