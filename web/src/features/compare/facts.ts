/** What is known of a run, as columns of the comparison. Pure; the words are the caller's. */
import type { RunEnvironment, RunProcess } from "@/api/environment";
import type { RunDetail } from "@/api/types";
import { formatDateTime, formatDuration, formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import type { Catalogue } from "@/lib/messages/en";
import { durationOf } from "@/lib/run-duration";
import { type Cell, leaves, numberCell, textCell } from "./cells";
import { buildSection, type Column, type Section } from "./model";

type Words = Pick<Catalogue, "compare" | "run" | "states">;

export interface Compared {
  run: RunDetail;
  /** undefined while it loads, or where the client recorded nothing. */
  environment: RunEnvironment | undefined;
}

/** Sections in reading order, one column for each run. A run that is missing has empty columns. */
export function buildSections(
  runs: readonly (Compared | null)[],
  now: number,
  words: Words,
): Section[] {
  const columns = (read: (compared: Compared) => Column): (Column | null)[] =>
    runs.map((compared) => (compared ? read(compared) : null));
  // Surroundings come after the run itself, and are no difference before they are there.
  const surroundings = (read: (compared: Compared) => Column): (Column | null)[] =>
    runs.map((compared) => (compared?.environment ? read(compared) : null));
  return [
    buildSection(
      "overview",
      columns(({ run }) => overview(run, now, words)),
      "given",
    ),
    buildSection(
      "summary",
      columns(({ run }) => leaves(run.summary)),
    ),
    buildSection(
      "config",
      columns(({ run }) => leaves(run.config)),
    ),
    buildSection(
      "git",
      surroundings((compared) => git(compared, words)),
      "given",
    ),
    buildSection(
      "environment",
      surroundings((compared) => environment(compared, words)),
      "given",
    ),
    buildSection(
      "command",
      surroundings((compared) => command(compared, words)),
      "given",
    ),
    buildSection(
      "packages",
      surroundings((compared) => packages(compared)),
    ),
  ].filter(({ rows }) => rows.length > 0);
}

function overview(run: RunDetail, now: number, { compare: words, run: m, states }: Words): Column {
  return cells([
    [words.state, states[run.state]],
    [words.user, run.username],
    [words.created, formatDateTime(run.created_at)],
    [words.duration, numberCell(durationOf(run, now), formatDuration)],
    [words.steps, run.last_step],
    [words.rows, numberCell(run.num_rows, formatInteger)],
    [m.exitCode, run.exit_code],
    [m.group, run.group],
    [m.jobType, run.job_type],
    [words.tags, run.tags.length === 0 ? null : run.tags.join(", ")],
    [words.notes, run.notes],
    [m.sweep, run.sweep],
  ]);
}

function git({ environment }: Compared, { compare: words }: Words): Column {
  return cells([
    [words.commit, environment?.git?.commit],
    [words.branch, environment?.git?.branch],
    [words.remote, environment?.git?.remote],
    [words.dirty, environment?.diffs.map(({ name }) => name).join(", ")],
  ]);
}

function environment({ run, environment }: Compared, { compare: words }: Words): Column {
  const first = environment?.processes[0];
  return cells([
    [words.host, first?.host ?? run.host],
    [words.os, first?.os],
    [words.python, first?.python],
    [words.cpu, first && cpuText(first)],
    [words.memory, first?.memory_bytes ? numberCell(first.memory_bytes, formatBytes) : null],
    [words.gpus, first && gpuText(first)],
    [words.cuda, first?.cuda],
    [words.client, environment?.client],
  ]);
}

function command({ run, environment }: Compared, { compare: words }: Words): Column {
  const first = environment?.processes[0];
  return cells([
    [words.program, first?.program ?? run.program],
    [words.arguments, first?.arguments.join(" ")],
    [words.directory, first?.working_folder],
    [words.executable, first?.executable],
  ]);
}

function packages({ environment }: Compared): Column {
  return new Map(environment?.packages.map(({ name, version }) => [name, textCell(version)]));
}

/** "8 cores, 16 threads, AMD EPYC" without what is not known. */
function cpuText({ cpu_cores, cpu_threads, cpu_model }: RunProcess): string {
  const counts = [cpu_cores, cpu_threads].filter((count) => count !== null).join(" / ");
  return [counts, cpu_model].filter(Boolean).join(" × ");
}

/** "2 × NVIDIA H100 (80 GB)", each kind once. */
function gpuText({ gpus }: RunProcess): string {
  const counts = new Map<string, number>();
  for (const { name, memory_bytes } of gpus) {
    const memory = memory_bytes ? ` (${formatBytes(memory_bytes)})` : "";
    const kind = `${name ?? "GPU"}${memory}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} × ${kind}`).join(", ");
}

/** Empty facts are no facts. */
function cells(facts: readonly [string, string | number | Cell | null | undefined][]): Column {
  const column = new Map<string, Cell>();
  for (const [name, fact] of facts) {
    if (fact === null || fact === undefined || fact === "") continue;
    const isPlain = typeof fact === "string";
    column.set(name, isPlain ? textCell(fact) : typeof fact === "number" ? numberCell(fact) : fact);
  }
  return column;
}
