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

/** A question on its way, and how many wait for it. */
interface Loading {
  done: Promise<void>;
  abort: AbortController;
  numWaiting: number;
}

export class SeriesStore {
  readonly #batcher: SeriesBatcher;
  readonly #entries = new Map<string, Entry>();
  readonly #inFlight = new Map<string, Loading>();
  #bytes = 0;

  constructor(batcher: SeriesBatcher) {
    this.#batcher = batcher;
  }

  /**
   * Resolves when every given run has been read at its sequence or later.
   *
   * @param signal Nobody waits any more. What is asked for nobody else is taken back, and the
   *   promise rejects with the signal's reason.
   */
  async ensure(
    scope: SeriesScope,
    runs: readonly RunVersion[],
    signal?: AbortSignal,
  ): Promise<void> {
    const prefix = scopeKey(scope);
    // Bounded: under memory pressure what was just read may already be evicted.
    for (let turn = 0; turn < 3; turn++) {
      const stale = runs.filter(({ id, seq }) => (this.#entries.get(prefix + id)?.seq ?? -1) < seq);
      if (stale.length === 0) return;
      const loading = new Set(stale.flatMap(({ id }) => this.#inFlight.get(prefix + id) ?? []));
      // What is already on its way may be new enough; if not, the next turn asks again.
      const missing = stale.filter(({ id }) => !this.#inFlight.has(prefix + id));
      if (missing.length > 0) loading.add(this.#load(scope, prefix, missing));
      await Promise.all([...loading].map((one) => wait(one, signal)));
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

  #load(scope: SeriesScope, prefix: string, runs: readonly RunVersion[]): Loading {
    const abort = new AbortController();
    const done = this.#batcher
      .ask({ ...scope, runs: runs.map(({ id }) => id) }, abort.signal)
      .then((byRun) => {
        for (const { id, seq } of runs) this.#put(prefix + id, seq, byRun.get(id) ?? null);
      })
      .finally(() => forget());
    const loading: Loading = { done, abort, numWaiting: 0 };
    const forget = () => {
      for (const { id } of runs) {
        if (this.#inFlight.get(prefix + id) === loading) this.#inFlight.delete(prefix + id);
      }
    };
    // At once: who asks again after an abort must not be given what was just given up.
    abort.signal.addEventListener("abort", forget);
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

/** The last one to go takes the question back. */
function wait(loading: Loading, signal: AbortSignal | undefined): Promise<void> {
  loading.numWaiting += 1;
  if (!signal) return loading.done;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(signal.reason);
      loading.numWaiting -= 1;
      if (loading.numWaiting === 0) loading.abort.abort(signal.reason);
    };
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave);
    const stay = () => signal.removeEventListener("abort", leave);
    loading.done.finally(stay).then(resolve, reject);
  });
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
