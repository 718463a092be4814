import { describe, expect, it } from "vitest";
import { endedAt, isLive } from "./state";

describe("the end of a run", () => {
  const finished_at = "2026-11-22T10:00:00Z";

  it("is known of those that said so", () => {
    expect(endedAt({ state: "finished", finished_at })).toBe(finished_at);
    expect(endedAt({ state: "failed", finished_at })).toBe(finished_at);
  });

  it("is not known of those that fell silent, nor of those that go on", () => {
    expect(endedAt({ state: "crashed", finished_at })).toBeNull();
    expect(endedAt({ state: "running", finished_at: null })).toBeNull();
    expect(isLive("preempting")).toBe(true);
    expect(isLive("crashed")).toBe(false);
  });
});
