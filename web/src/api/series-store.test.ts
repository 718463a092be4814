import { describe, expect, it } from "vitest";
import { SeriesBatcher } from "./series-batcher";
import type { SeriesAnswer } from "./series-codec";
import { type SeriesScope, SeriesStore } from "./series-store";
import type { SeriesRequest } from "./types";

const SCOPE: SeriesScope = {
  entity: "lab",
  project: "digits",
  key: "loss",
  stream: "history",
  axis: "step",
  lo: null,
  hi: null,
  buckets: 400,
  x_scale: "linear",
  x_key: null,
  writer: null,
  smoothing: null,
};

/** A server that has one point for every run and key, except for the runs it is told to lack. */
function setUp(lacking: string[] = []) {
  const sent: SeriesRequest[][] = [];
  const send = async (requests: SeriesRequest[]): Promise<SeriesAnswer> => {
    sent.push(requests);
    const series = requests.flatMap(({ runs, keys }, request) =>
      runs
        .filter((run) => !lacking.includes(run))
        .flatMap((run) =>
          keys.map((key) => ({
            request,
            run,
            key,
            data: {
              exact: true,
              numRows: 1,
              x: new Float64Array(1),
              y: new Float64Array(1),
              smooth: null,
            } as const,
          })),
        ),
    );
    return { series, errors: [] };
  };
  const store = new SeriesStore(new SeriesBatcher(send, queueMicrotask));
  return { sent, store };
}

describe("SeriesStore", () => {
  it("keeps curves apart that differ in how they are smoothed or what they are drawn over", async () => {
    const { sent, store } = setUp();
    const runs = [{ id: "a", seq: 1 }];
    const questions: Partial<SeriesScope>[] = [
      {},
      { smoothing: { kind: "ema", amount: 0.5 } },
      { smoothing: { kind: "ema", amount: 0.6 } },
      { x_key: "epoch" },
      { x_scale: "log" },
      { writer: "host-1" },
    ];
    for (const question of questions) await store.ensure({ ...SCOPE, ...question }, runs);
    expect(sent).toHaveLength(questions.length);
  });

  it("sends the first panel's question ahead, then what all others ask in one go", async () => {
    const { sent, store } = setUp();
    const runs = [{ id: "a", seq: 1 }];
    await Promise.all([
      store.ensure(SCOPE, runs),
      store.ensure({ ...SCOPE, key: "accuracy" }, runs),
      store.ensure({ ...SCOPE, key: "f1" }, runs),
      store.ensure({ ...SCOPE, key: "cpu", stream: "system" }, runs),
    ]);
    expect(sent.map((requests) => requests.map(({ keys }) => keys))).toEqual([
      [["loss"]],
      [["accuracy", "f1"], ["cpu"]],
    ]);
    expect([...store.collect(SCOPE, runs).keys()]).toEqual(["a"]);
  });

  it("asks again only for runs that changed", async () => {
    const { sent, store } = setUp();
    await store.ensure(SCOPE, [
      { id: "a", seq: 1 },
      { id: "b", seq: 1 },
    ]);
    await store.ensure(SCOPE, [
      { id: "a", seq: 2 },
      { id: "b", seq: 1 },
    ]);
    expect(sent.map(([request]) => request?.runs)).toEqual([["a", "b"], ["a"]]);
  });

  it("remembers that a run lacks a key", async () => {
    const { sent, store } = setUp(["b"]);
    const runs = [{ id: "b", seq: 1 }];
    await store.ensure(SCOPE, runs);
    await store.ensure(SCOPE, runs);
    expect(sent).toHaveLength(1);
    expect(store.collect(SCOPE, runs).size).toBe(0);
  });

  it("waits for what is on its way instead of asking twice", async () => {
    const { sent, store } = setUp();
    const runs = [{ id: "a", seq: 1 }];
    await Promise.all([store.ensure(SCOPE, runs), store.ensure(SCOPE, runs)]);
    expect(sent).toHaveLength(1);
  });

  it("hands on the server's refusal and asks again afterwards", async () => {
    let isDown = true;
    const store = new SeriesStore(
      new SeriesBatcher(async () => {
        if (isDown) throw new Error("down");
        return { series: [], errors: [] };
      }, queueMicrotask),
    );
    const runs = [{ id: "a", seq: 1 }];
    await expect(store.ensure(SCOPE, runs)).rejects.toThrow("down");
    isDown = false;
    await expect(store.ensure(SCOPE, runs)).resolves.toBeUndefined();
  });

  describe("given up", () => {
    const GONE = new DOMException("scrolled away", "AbortError");

    /** A server that answers when it is told to. */
    function setUpSlow() {
      const signals: AbortSignal[] = [];
      const sent: SeriesRequest[][] = [];
      const flushes: (() => void)[] = [];
      const store = new SeriesStore(
        new SeriesBatcher(
          (requests, signal) => {
            sent.push(requests);
            signals.push(signal);
            return new Promise((_, reject) =>
              signal.addEventListener("abort", () => reject(signal.reason)),
            );
          },
          (flush) => void flushes.push(flush),
        ),
      );
      const flush = () => {
        for (const one of flushes.splice(0)) one();
      };
      // The first question of all goes alone, and at once.
      store.ensure({ ...SCOPE, key: "first" }, [{ id: "a", seq: 1 }]).catch(() => undefined);
      sent.length = 0;
      signals.length = 0;
      return { store, sent, signals, flush };
    }

    const runs = [{ id: "a", seq: 1 }];

    it("is never sent when it was taken back in time", async () => {
      const { store, sent, flush } = setUpSlow();
      const abort = new AbortController();
      const asking = store.ensure(SCOPE, runs, abort.signal);
      abort.abort(GONE);
      flush();
      await expect(asking).rejects.toBe(GONE);
      expect(sent).toEqual([]);
    });

    it("ends the request once nobody waits for any part of it", async () => {
      const { store, signals, flush } = setUpSlow();
      const [one, two] = [new AbortController(), new AbortController()];
      const first = store.ensure(SCOPE, runs, one.signal);
      const second = store.ensure({ ...SCOPE, key: "accuracy" }, runs, two.signal);
      flush();
      one.abort(GONE);
      await expect(first).rejects.toBe(GONE);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      two.abort(GONE);
      await expect(second).rejects.toBe(GONE);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    });

    it("stays for those who still wait, and is asked anew by those who come after", async () => {
      const { store, sent, signals, flush } = setUpSlow();
      const [one, two] = [new AbortController(), new AbortController()];
      const first = store.ensure(SCOPE, runs, one.signal);
      const second = store.ensure(SCOPE, runs, two.signal);
      flush();
      one.abort(GONE);
      await expect(first).rejects.toBe(GONE);
      expect(signals[0]?.aborted).toBe(false);
      two.abort(GONE);
      await expect(second).rejects.toBe(GONE);
      const third = new AbortController();
      const again = store.ensure(SCOPE, runs, third.signal);
      flush();
      expect(sent).toHaveLength(2);
      third.abort(GONE);
      await expect(again).rejects.toBe(GONE);
    });
  });
});
