import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { throttle } from "./live";
import { parseSearch, readFolds, stringifySearch, toggleFold } from "./search";

describe("the search part of addresses", () => {
  it("is plain text both ways", () => {
    const search = { q: "a b/c", hide: "x,y" };
    expect(stringifySearch(search)).toBe("?q=a+b/c&hide=x,y");
    expect(parseSearch(stringifySearch(search))).toEqual(search);
    expect(stringifySearch({ q: undefined })).toBe("");
  });

  it("toggles folds", () => {
    expect(toggleFold(readFolds({}), "train")).toBe("train");
    expect(toggleFold(readFolds({ fold: "train" }), "train")).toBeUndefined();
  });

  it("folds sections whose names have commas", () => {
    const fold = toggleFold(readFolds({ fold: "train" }), "bleu, 100% en");
    expect(readFolds({ fold })).toEqual(new Set(["train", "bleu, 100% en"]));
    expect(readFolds(parseSearch(stringifySearch({ fold })))).toEqual(readFolds({ fold }));
  });
});

describe("throttle", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("runs at once, then once per interval, and never loses the last call", async () => {
    const run = vi.fn();
    const { call } = throttle(run, 1000);
    for (let i = 0; i < 5; i++) call();
    await vi.advanceTimersByTimeAsync(10);
    expect(run).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(run).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(5000);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("goes on after a failure", async () => {
    const run = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue(undefined);
    const { call } = throttle(run, 1000);
    call();
    await vi.advanceTimersByTimeAsync(1001);
    call();
    await vi.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(2);
  });
});
