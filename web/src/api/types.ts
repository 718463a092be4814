/** The server's nouns. Provisional: replaced by the generated types once openapi.json exists. */

export interface User {
  username: string;
  name: string;
  email: string;
  is_admin: boolean;
}

export interface Me {
  user: User;
  entities: { name: string; kind: "user" | "team" }[];
  server: { base_url: string; version: string };
}

export type RunState =
  | "pending"
  | "running"
  | "finished"
  | "failed"
  | "crashed"
  | "killed"
  | "preempting"
  | "preempted";

export interface Project {
  entity: string;
  name: string;
  description: string;
  created_at: string;
  updated_at: string;
  last_activity_at: string | null;
  num_runs: number;
  states: Partial<Record<RunState, number>>;
}

export interface RunRow {
  id: string;
  entity: string;
  project: string;
  display_name: string;
  state: RunState;
  created_at: string;
  heartbeat_at: string | null;
  finished_at: string | null;
  duration_s: number;
  username: string;
  group: string | null;
  job_type: string | null;
  tags: string[];
  num_rows: number;
  last_step: number | null;
  seq: number;
}

export interface RunDetail extends RunRow {
  notes: string | null;
  host: string | null;
  program: string | null;
  git: { commit: string | null; remote: string | null } | null;
  config: Record<string, unknown>;
  summary: Record<string, unknown>;
  exit_code: number | null;
  sweep: string | null;
}

export interface RunPage {
  runs: RunRow[];
  next_cursor: string | null;
  total: number;
  seq: number;
}

export interface MetricKey {
  name: string;
  kind: "number" | "json" | "mixed";
  num_runs: number;
  num_values: number;
  x: string | null;
  hidden: boolean;
}

export type Stream = "history" | "system";

export type Axis = "step" | "relative" | "time";
