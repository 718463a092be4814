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

  it("sends what all panels ask in one go, keys of the same question together", async () => {
    const { sent, store } = setUp();
    const runs = [{ id: "a", seq: 1 }];
    await Promise.all([
      store.ensure(SCOPE, runs),
      store.ensure({ ...SCOPE, key: "accuracy" }, runs),
      store.ensure({ ...SCOPE, key: "cpu", stream: "system" }, runs),
    ]);
    expect(sent.map((requests) => requests.map(({ keys }) => keys))).toEqual([
      [["loss", "accuracy"], ["cpu"]],
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
});
