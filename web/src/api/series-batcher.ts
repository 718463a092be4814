/**
 * Gathers what many panels ask within a frame into one POST /series.
 *
 * Panels that differ only in their key share one request inside it.
 */
import type { Series, SeriesAnswer } from "./series-codec";
import type { SeriesRequest } from "./types";

export type SeriesQuestion = Omit<SeriesRequest, "keys"> & { key: string };

/** One key of some runs: run id to series. A run without the key is absent. */
export type SeriesByRun = Map<string, Series>;

interface Waiter {
  resolve: (answer: SeriesByRun) => void;
  reject: (reason: unknown) => void;
}

interface Pending {
  request: SeriesRequest;
  waiters: Map<string, Waiter[]>;
}

export class SeriesBatcher {
  readonly #send: (requests: SeriesRequest[]) => Promise<SeriesAnswer>;
  readonly #schedule: (flush: () => void) => void;
  #pending = new Map<string, Pending>();

  constructor(
    send: (requests: SeriesRequest[]) => Promise<SeriesAnswer>,
    // A timer, not an animation frame: those stop in a background tab.
    schedule: (flush: () => void) => void = (flush) => void setTimeout(flush, 16),
  ) {
    this.#send = send;
    this.#schedule = schedule;
  }

  ask({ key, ...shared }: SeriesQuestion): Promise<SeriesByRun> {
    if (this.#pending.size === 0) this.#schedule(() => void this.#flush());
    const group = JSON.stringify(shared);
    const pending = this.#pending.get(group) ?? {
      request: { ...shared, keys: [] },
      waiters: new Map<string, Waiter[]>(),
    };
    this.#pending.set(group, pending);
    return new Promise((resolve, reject) => {
      const waiters = pending.waiters.get(key);
      if (waiters) waiters.push({ resolve, reject });
      else {
        pending.request.keys.push(key);
        pending.waiters.set(key, [{ resolve, reject }]);
      }
    });
  }

  async #flush(): Promise<void> {
    const batch = [...this.#pending.values()];
    this.#pending = new Map();
    try {
      settle(batch, await this.#send(batch.map(({ request }) => request)));
    } catch (error) {
      for (const waiter of batch.flatMap(allWaiters)) waiter.reject(error);
    }
  }
}

function settle(batch: Pending[], answer: SeriesAnswer): void {
  const errors = new Map(answer.errors.map((error) => [error.request, error]));
  for (const [index, pending] of batch.entries()) {
    const error = errors.get(index);
    if (error) for (const waiter of allWaiters(pending)) waiter.reject(new Error(error.message));
    const byKey = new Map<string, SeriesByRun>();
    for (const { request, run, key, data } of answer.series) {
      if (request !== index) continue;
      const byRun = byKey.get(key) ?? new Map<string, Series>();
      byKey.set(key, byRun.set(run, data));
    }
    for (const [key, waiters] of pending.waiters) {
      for (const waiter of waiters) waiter.resolve(byKey.get(key) ?? new Map());
    }
  }
}

function allWaiters(pending: Pending): Waiter[] {
  return [...pending.waiters.values()].flat();
}
