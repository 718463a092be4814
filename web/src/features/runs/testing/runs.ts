/** Runs for tests. */
import type { RunPage, RunRow } from "@/api/types";

export function someRun(id: string, change: Partial<RunRow> = {}): RunRow {
  return {
    id,
    entity: "lab",
    project: "digits",
    number: 1,
    display_name: id,
    state: "finished",
    created_at: "2026-11-22T10:00:00Z",
    heartbeat_at: "2026-11-22T10:01:00Z",
    finished_at: null,
    duration_s: 60,
    username: "ada",
    group: null,
    job_type: null,
    tags: [],
    num_rows: 0,
    last_step: null,
    seq: 1,
    archived: false,
    ...change,
  };
}

export function somePage(runs: RunRow[], change: Partial<RunPage> = {}): RunPage {
  return {
    runs,
    next_cursor: null,
    total: runs.length,
    seq: 1,
    deleted: [],
    warnings: [],
    ...change,
  };
}
