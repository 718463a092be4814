/** Numbers over the versions of a collection: which one is best, in which order they stand. Pure. */
import type { ArtifactMetrics } from "@/api/artifacts";
import { readSpecialFloat } from "@/lib/float";

export type Goal = "highest" | "lowest";
export type XAxis = "version" | "time";

export interface MetricsView {
  /** Columns; none: the first ones there are. */
  metrics: readonly string[];
  /** Which one is drawn, and decides which version is best. */
  by: string | undefined;
  goal: Goal | undefined;
  x: XAxis;
  /** Column that rows are sorted by: a metric, or undefined for versions. */
  sort: string | undefined;
}

export interface MeasuredRow {
  index: number;
  aliases: readonly string[];
  createdAt: string;
  loggedBy: ArtifactMetrics["versions"][number]["logged_by"];
  /** By metric; null where it has none. */
  values: ReadonlyMap<string, number | null>;
}

/** `metadata.val/acc`: as the address and the server call it. */
export function metricName({ source, key }: { source: string; key: string }): string {
  return `${source}.${key}`;
}

/** What people call it: where it comes from is said apart. */
export function metricKey(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

/** Whether another one, of the other source, is called the same. */
export function isAmbiguous(name: string, names: readonly string[]): boolean {
  return names.some((other) => other !== name && metricKey(other) === metricKey(name));
}

export function rowsOf({ versions, chosen }: ArtifactMetrics): MeasuredRow[] {
  return versions.map(({ index, aliases, created_at, logged_by }, at) => ({
    index,
    aliases,
    createdAt: created_at,
    loggedBy: logged_by,
    values: new Map(chosen.map((one) => [metricName(one), numberOf(one.values[at])])),
  }));
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : readSpecialFloat(value);
}

const LOWER =
  /(?:^|[^a-z])(?:loss|err|error|perplexity|ppl|mse|rmse|mae|wer|cer|latency)(?:[^a-z]|$)/i;

/** What is better of a metric of that name, where nobody said so. */
export function goalOf(name: string): Goal {
  return LOWER.test(metricKey(name)) ? "lowest" : "highest";
}

const MEASURE =
  /(?:^|[^a-z])(?:acc|accuracy|f1|auc|map|score|reward|bleu|rouge|recall|precision|iou|r2)(?:[^a-z]|$)/i;

/** What a collection is likely judged by: a measure sooner than a size or a setting. */
export function likelyMetric(names: readonly string[]): string {
  const isMeasure = (name: string) => MEASURE.test(metricKey(name)) || LOWER.test(metricKey(name));
  return names.find(isMeasure) ?? names[0] ?? "";
}

/** The best by a metric; of several that are alike the first one logged. What is no number never is. */
export function bestOf(
  rows: readonly MeasuredRow[],
  metric: string,
  goal: Goal,
): MeasuredRow | null {
  let best: MeasuredRow | null = null;
  let most = 0;
  for (const row of rows) {
    const value = row.values.get(metric) ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const score = goal === "highest" ? value : -value;
    if (best === null || score > most || (score === most && row.index < best.index)) {
      best = row;
      most = score;
    }
  }
  return best;
}

/** Whether a metric tells versions apart: where all have one value none of them is better. */
export function tellsApart(rows: readonly MeasuredRow[], metric: string): boolean {
  const values = rows.map((row) => row.values.get(metric) ?? Number.NaN).filter(Number.isFinite);
  return values.length < 2 || new Set(values).size > 1;
}

/** Best first; what has no number comes last. */
export function sortRows(
  rows: readonly MeasuredRow[],
  metric: string | undefined,
  goal: Goal,
): readonly MeasuredRow[] {
  if (metric === undefined) return rows;
  const score = (row: MeasuredRow) => {
    const value = row.values.get(metric) ?? Number.NaN;
    if (Number.isNaN(value)) return Number.NEGATIVE_INFINITY;
    return goal === "highest" ? value : -value;
  };
  const hasNone = (row: MeasuredRow) => Number.isNaN(row.values.get(metric) ?? Number.NaN);
  return rows.toSorted(
    (a, b) =>
      Number(hasNone(a)) - Number(hasNone(b)) || compare(score(b), score(a)) || b.index - a.index,
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

export interface Curve {
  x: Float64Array;
  y: Float64Array;
  rows: readonly MeasuredRow[];
}

/** Points from left to right: the versions that have the metric. */
export function curveOf(rows: readonly MeasuredRow[], metric: string, x: XAxis): Curve {
  const at = ({ index, createdAt }: MeasuredRow) =>
    x === "version" ? index : Date.parse(createdAt) / 1000;
  const points = rows
    .filter((row) => (row.values.get(metric) ?? null) !== null)
    .toSorted((a, b) => at(a) - at(b) || a.index - b.index);
  return {
    x: Float64Array.from(points, at),
    y: Float64Array.from(points, (row) => row.values.get(metric) ?? Number.NaN),
    rows: points,
  };
}
