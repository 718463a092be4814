/** A laboratory's worth of invented projects and runs; some of them keep growing. */
import type {
  DocumentPage,
  KeyNames,
  Project,
  RunDetail,
  RunRow,
  RunState,
} from "../../src/api/types";
import { noise, pick, seedOf } from "./random.ts";

const ADJECTIVES = [
  "brisk",
  "calm",
  "old",
  "bright",
  "deep",
  "quiet",
  "amber",
  "northern",
  "plain",
];
const NOUNS = ["sun", "ice", "fog", "river", "stone", "meadow", "comet", "harbor", "ridge", "pine"];
const STATES: RunState[] = ["finished", "finished", "finished", "crashed", "failed", "killed"];
const MODELS = ["resnet50", "vit-b16", "convnext-s", "mlp"];

export interface MockRun {
  row: RunRow;
  startedAt: number;
  /** Steps at the last tick; a running one grows. */
  numSteps: number;
  stepSeconds: number;
  seed: number;
}

export interface MockProject {
  entity: string;
  name: string;
  description: string;
  runs: MockRun[];
  keys: string[];
}

const DIGITS_KEYS = [
  "loss",
  "epoch",
  "learning_rate",
  "train/loss",
  "train/accuracy",
  "train/grad_norm",
  "train/throughput",
  "val/loss",
  "val/accuracy",
  "val/f1",
  "val/perplexity",
  "layers/0/weight_norm",
  "layers/1/weight_norm",
  "layers/2/weight_norm",
  "health/nan_demo",
];
export const SYSTEM_KEYS = ["cpu", "memory", "disk", "network.sent", "gpu.0.gpu", "gpu.0.temp"];

let seq = 1;
export const nextSeq = () => ++seq;
export const currentSeq = () => seq;

export const projects: MockProject[] = [
  build(
    "lab",
    "digits",
    "Handwritten digits: the sweep for the workshop paper.",
    128,
    4,
    DIGITS_KEYS,
  ),
  build("lab", "one", "A single run.", 1, 1, ["loss", "accuracy"]),
  build(
    "lab",
    "diffusion-super-resolution-ablations-with-a-rather-long-name",
    "",
    37,
    0,
    DIGITS_KEYS,
  ),
  build("ada", "playground", "Scratch space", 6, 1, DIGITS_KEYS.slice(0, 9)),
  build("ada", "empty", "Nothing has arrived here yet.", 0, 0, []),
];

function build(
  entity: string,
  name: string,
  description: string,
  numRuns: number,
  numRunning: number,
  keys: string[],
): MockProject {
  const now = Date.now() / 1000;
  const runs = Array.from({ length: numRuns }, (_, i) => {
    const seed = seedOf(`${entity}/${name}/${i}`);
    const isRunning = i < numRunning;
    const stepSeconds = 0.4 + (seed % 100) / 120;
    const numSteps = isRunning
      ? 300 + (seed % 900)
      : i % 9 === 8
        ? 40 + (seed % 60)
        : 500 + (seed % 6000);
    const startedAt = now - i * 5400 - numSteps * stepSeconds - (isRunning ? 0 : 600);
    const id = seed.toString(36).padStart(7, "x").slice(-7) + (i % 10);
    return {
      row: row(entity, name, i, numRuns, id, isRunning, seed),
      startedAt,
      numSteps,
      stepSeconds,
      seed,
    };
  });
  for (const run of runs) refresh(run);
  return { entity, name, description, runs, keys };
}

function row(
  entity: string,
  project: string,
  i: number,
  total: number,
  id: string,
  isRunning: boolean,
  seed: number,
): RunRow {
  const long = "-with-cosine-schedule-and-label-smoothing-0.1-and-a-name-that-never-ends".repeat(3);
  const name = `${pick(ADJECTIVES, seed, "calm")}-${pick(NOUNS, seed >>> 5, "sun")}-${total - i}`;
  return {
    id,
    entity,
    project,
    display_name: i === 7 ? name + long : name,
    state: isRunning ? "running" : pick(STATES, seed >>> 3, "finished"),
    created_at: "",
    heartbeat_at: "",
    finished_at: null,
    duration_s: 0,
    username: pick(["ada", "grace", "alan"], seed >>> 7, "ada"),
    group: i % 4 === 0 ? "baseline" : null,
    job_type: i % 3 === 0 ? "train" : null,
    tags: i % 5 === 0 ? ["baseline", "paper"] : [],
    num_rows: 0,
    last_step: null,
    seq: 1,
    archived: false,
    number: total - i,
  };
}

export function refresh(run: MockRun): void {
  const { row } = run;
  const end = run.startedAt + run.numSteps * run.stepSeconds;
  row.created_at = new Date(run.startedAt * 1000).toISOString();
  row.heartbeat_at = new Date(end * 1000).toISOString();
  row.finished_at = row.state === "running" ? null : row.heartbeat_at;
  row.duration_s = run.numSteps * run.stepSeconds;
  row.num_rows = run.numSteps;
  row.last_step = run.numSteps - 1;
}

/** Lets the running runs make progress. @returns The runs that changed. */
export function advance(steps: number): MockRun[] {
  const changed: MockRun[] = [];
  for (const project of projects) {
    for (const run of project.runs) {
      if (run.row.state !== "running") continue;
      run.numSteps += steps;
      run.row.seq = nextSeq();
      refresh(run);
      changed.push(run);
    }
  }
  return changed;
}

export function projectOf({ entity, name, description, runs }: MockProject): Project {
  const states: Project["states"] = {};
  for (const { row } of runs) states[row.state] = (states[row.state] ?? 0) + 1;
  return {
    entity,
    name,
    description,
    created_at: "2026-10-02T09:00:00Z",
    updated_at: "2026-11-20T09:00:00Z",
    last_activity_at: runs[0]?.row.heartbeat_at ?? "2026-10-02T09:00:00Z",
    num_runs: runs.length,
    states,
  };
}

export function detailOf(run: MockRun): RunDetail {
  const s = run.seed;
  return {
    ...run.row,
    notes:
      s % 2 === 0 ? "Warm-up over 500 steps; compare with the run without label smoothing." : "",
    host: `node-${s % 8}.cluster.local`,
    program: "train.py",
    git: {
      commit: s.toString(16).padStart(8, "0").repeat(5),
      remote: "git@example.org:lab/digits.git",
    },
    config: {
      learning_rate: 0.001 * (1 + (s % 9)),
      batch_size: 2 ** (4 + (s % 4)),
      seed: s % 1000,
      amp: true,
      stop_at: { $float: "Infinity" },
      model: { name: pick(MODELS, s, "mlp"), depth: 12, widths: [64, 128, 256], dropout: 0.1 },
      optimizer: { name: "adamw", betas: [0.9, 0.999], weight_decay: 0.05, eps: 1e-8 },
      data: { path: "/data/digits/v3/train", augment: { crop: true, flip: false, jitter: 0.4 } },
      note: null,
    },
    summary: {
      loss: value(run, "loss", run.numSteps - 1),
      "train/loss": value(run, "train/loss", run.numSteps - 1),
      "train/accuracy": value(run, "train/accuracy", run.numSteps - 1),
      "val/accuracy": value(run, "val/accuracy", run.numSteps - 1),
      "health/nan_demo": { $float: "NaN" },
      best: { step: run.numSteps - 20, "val/accuracy": 0.9713 },
    },
    exit_code: run.row.state === "running" ? null : run.row.state === "finished" ? 0 : 1,
    sweep: null,
  };
}

export function keysOf(project: MockProject, isSystem: boolean, runs: readonly string[]): KeyNames {
  const isKnown = runs.length === 0 || project.runs.some(({ row }) => runs.includes(row.id));
  return {
    names: isKnown ? (isSystem ? SYSTEM_KEYS : project.keys) : [],
    manners: [{ kind: "number", x: null, hidden: false, better: null }],
    manner_of: [],
  };
}

/** What `/config` and `/summary` answer: all of it, since it is short. */
export function documentOf(run: MockRun, which: "config" | "summary"): DocumentPage {
  const values = detailOf(run)[which];
  const total = Object.keys(values).length;
  return { values, total, num_found: total, num_before: 0, next_cursor: null };
}

/** One logged value: the shape of a training curve, told apart by key and run. */
export function value(run: MockRun, key: string, step: number): number {
  const s = run.seed ^ seedOf(key);
  const r = noise(s, step);
  const rate = 120 + (run.seed % 900);
  const decay = Math.exp(-step / rate);
  const end = 0.02 + (run.seed % 40) / 400;
  if (key === "health/nan_demo") return oddity(step, decay + 0.1 * r);
  if (key === "learning_rate")
    return 0.001 * 0.5 * (1 + Math.cos((Math.PI * (step % 2000)) / 2000));
  if (key === "epoch") return Math.floor(step / 100);
  if (key.includes("loss"))
    return (2.3 * decay + end) * (1 + 0.35 * r) + (step % 701 === 700 ? 0.9 : 0);
  if (key.includes("perplexity")) return Math.exp(3 * decay + end) * (1 + 0.1 * r);
  if (key.includes("accuracy") || key.includes("f1"))
    return Math.min(1, 0.98 - end - 0.85 * decay + 0.04 * r);
  if (key.includes("grad_norm")) return (4 * decay + 0.4) * (1 + 1.2 * Math.abs(r));
  if (key.includes("weight_norm")) return 10 + 6 * (1 - decay) + 0.05 * r;
  if (key.includes("throughput")) return 1850 + 240 * r + 60 * Math.sin(step / 90);
  return 40 + 30 * Math.sin(step / 200 + s) + 18 * r;
}

function oddity(step: number, usual: number): number {
  if (step % 97 === 96) return Number.NaN;
  if (step % 331 === 330) return Number.POSITIVE_INFINITY;
  if (step % 457 === 456) return Number.NEGATIVE_INFINITY;
  return usual;
}
