interface Timed {
  state: string;
  created_at: string;
  duration_s: number;
}

/** How long a run has been going: by the server's word, plus the time since for a running one. */
export function durationOf(run: Timed, now: number): number {
  if (run.state !== "running") return run.duration_s;
  return Math.max(run.duration_s, (now - Date.parse(run.created_at)) / 1000);
}
