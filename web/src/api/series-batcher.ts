/**
 * Gathers what many panels ask within a frame into one POST /series.
 *
 * Panels that differ only in their key share one request inside it. A question that nobody waits
 * for any more is not sent, and a batch whose every question was taken back is aborted: scrolling
 * fast and zooming twice leave no work behind.
 *
 * The very first question goes at once and alone: the first chart of a page paints while the answer
 * for all the others is still being made and read.
 */
import type { Series, SeriesAnswer } from "./series-codec";
import type { SeriesRequest } from "./types";

export type SeriesQuestion = Omit<SeriesRequest, "keys"> & { key: string };

/** One key of some runs: run id to series. A run without the key is absent. */
export type SeriesByRun = Map<string, Series>;

export type SendSeries = (requests: SeriesRequest[], signal: AbortSignal) => Promise<SeriesAnswer>;

interface Waiter {
  question: SeriesQuestion;
  resolve: (answer: SeriesByRun) => void;
  reject: (reason: unknown) => void;
}

/** One POST, waiting to be sent or on its way. */
interface Batch {
  waiters: Set<Waiter>;
  abort: AbortController;
}

/** Questions that one request asks, by key. */
interface Group {
  request: SeriesRequest;
  waiters: Map<string, Waiter[]>;
}

export class SeriesBatcher {
  readonly #send: SendSeries;
  readonly #schedule: (flush: () => void) => void;
  #next: Batch | null = null;
  #hasAsked = false;

  constructor(
    send: SendSeries,
    // A timer, not an animation frame: those stop in a background tab.
    schedule: (flush: () => void) => void = (flush) => void setTimeout(flush, 16),
  ) {
    this.#send = send;
    this.#schedule = schedule;
  }

  /** Rejects with the signal's reason once it is aborted. */
  ask(question: SeriesQuestion, signal?: AbortSignal): Promise<SeriesByRun> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const isFirst = !this.#hasAsked;
    this.#hasAsked = true;
    const batch = isFirst ? newBatch() : (this.#next ?? this.#begin());
    const answer = new Promise<SeriesByRun>((resolve, reject) => {
      const waiter = { question, resolve, reject };
      batch.waiters.add(waiter);
      signal?.addEventListener("abort", () => {
        reject(signal.reason);
        batch.waiters.delete(waiter);
        if (batch.waiters.size === 0) batch.abort.abort(signal.reason);
      });
    });
    if (isFirst) void this.#ask(batch);
    return answer;
  }

  #begin(): Batch {
    const batch = newBatch();
    this.#next = batch;
    this.#schedule(() => {
      this.#next = null;
      void this.#ask(batch);
    });
    return batch;
  }

  async #ask(batch: Batch): Promise<void> {
    if (batch.waiters.size === 0) return;
    const groups = [...gather(batch.waiters).values()];
    try {
      const requests = groups.map(({ request }) => request);
      settle(groups, await this.#send(requests, batch.abort.signal));
    } catch (error) {
      for (const waiter of batch.waiters) waiter.reject(error);
    }
  }
}

function newBatch(): Batch {
  return { waiters: new Set(), abort: new AbortController() };
}

function gather(waiters: Iterable<Waiter>): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const waiter of waiters) {
    const { key, ...shared } = waiter.question;
    const id = JSON.stringify(shared);
    const group: Group = groups.get(id) ?? {
      request: { ...shared, keys: [] },
      waiters: new Map(),
    };
    groups.set(id, group);
    const asking = group.waiters.get(key);
    if (asking) asking.push(waiter);
    else {
      group.request.keys.push(key);
      group.waiters.set(key, [waiter]);
    }
  }
  return groups;
}

function settle(groups: readonly Group[], answer: SeriesAnswer): void {
  const errors = new Map(answer.errors.map((error) => [error.request, error]));
  const found = groups.map(() => new Map<string, SeriesByRun>());
  for (const { request, run, key, data } of answer.series) {
    const byKey = found[request];
    const byRun = byKey?.get(key) ?? new Map<string, Series>();
    byKey?.set(key, byRun.set(run, data));
  }
  for (const [index, { waiters }] of groups.entries()) {
    const error = errors.get(index);
    for (const [key, waiting] of waiters) {
      for (const waiter of waiting) {
        if (error) waiter.reject(new Error(error.message));
        else waiter.resolve(found[index]?.get(key) ?? new Map());
      }
    }
  }
}
