/**
 * Metric data in memory: series of (question, run), each with the run's change
 * sequence it was read at. Asks the server only for what is missing or old.
 *
 * Beside the query cache, not in it: typed arrays are large, so they are
 * evicted by bytes, least recently used first.
 */
import type { SeriesBatcher, SeriesByRun, SeriesQuestion } from "./series-batcher";
import type { Series } from "./series-codec";

/** Everything about a picture except whose curves are in it. */
export type SeriesScope = Omit<SeriesQuestion, "runs">;

export interface RunVersion {
  id: string;
  seq: number;
}

interface Entry {
  seq: number;
  /** null: the run has no value of this key. */
  series: Series | null;
  bytes: number;
}

const MAX_BYTES = 96 * 2 ** 20;

export class SeriesStore {
  readonly #batcher: SeriesBatcher;
  readonly #entries = new Map<string, Entry>();
  readonly #inFlight = new Map<string, Promise<void>>();
  #bytes = 0;

  constructor(batcher: SeriesBatcher) {
    this.#batcher = batcher;
  }

  /** Resolves when every given run has been read at its sequence or later. */
  async ensure(scope: SeriesScope, runs: readonly RunVersion[]): Promise<void> {
    const prefix = scopeKey(scope);
    // Bounded: under memory pressure what was just read may already be evicted.
    for (let turn = 0; turn < 3; turn++) {
      const stale = runs.filter(({ id, seq }) => (this.#entries.get(prefix + id)?.seq ?? -1) < seq);
      if (stale.length === 0) return;
      const waits = stale.flatMap(({ id }) => this.#inFlight.get(prefix + id) ?? []);
      // What is already on its way may be new enough; if not, the next turn asks again.
      const missing = stale.filter(({ id }) => !this.#inFlight.has(prefix + id));
      if (missing.length > 0) waits.push(this.#load(scope, prefix, missing));
      await Promise.all(waits);
    }
  }

  /** The series at hand, as old as they may be. */
  collect(scope: SeriesScope, runs: readonly RunVersion[]): SeriesByRun {
    const prefix = scopeKey(scope);
    const found: SeriesByRun = new Map();
    for (const { id } of runs) {
      const entry = this.#entries.get(prefix + id);
      if (!entry) continue;
      this.#entries.delete(prefix + id);
      this.#entries.set(prefix + id, entry);
      if (entry.series) found.set(id, entry.series);
    }
    return found;
  }

  #load(scope: SeriesScope, prefix: string, runs: readonly RunVersion[]): Promise<void> {
    const loading = this.#batcher
      .ask({ ...scope, runs: runs.map(({ id }) => id) })
      .then((byRun) => {
        for (const { id, seq } of runs) this.#put(prefix + id, seq, byRun.get(id) ?? null);
      })
      .finally(() => {
        for (const { id } of runs) this.#inFlight.delete(prefix + id);
      });
    for (const { id } of runs) this.#inFlight.set(prefix + id, loading);
    return loading;
  }

  #put(key: string, seq: number, series: Series | null): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
    const bytes = series ? sizeOf(series) : 0;
    this.#entries.set(key, { seq, series, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }
}

function scopeKey(scope: SeriesScope): string {
  const { entity, project, key, stream, axis, lo, hi, buckets } = scope;
  const { x_scale, x_key, writer, smoothing } = scope;
  const place = [entity, project, key, stream, writer];
  return `${JSON.stringify([place, axis, x_key, x_scale, lo, hi, buckets, smoothing])} `;
}

function sizeOf(series: Series): number {
  let bytes = 64;
  for (const value of Object.values(series))
    if (ArrayBuffer.isView(value)) bytes += value.byteLength;
  return bytes;
}
