import { describe, expect, it } from "vitest";
import { durationOf } from "./run-duration";

describe("durationOf", () => {
  const now = Date.parse("2026-11-22T10:10:00Z");
  const run = { created_at: "2026-11-22T10:00:00Z", duration_s: 60 };

  it("goes on while a run is running and stands still after", () => {
    expect(durationOf({ ...run, state: "running" }, now)).toBe(600);
    expect(durationOf({ ...run, state: "finished" }, now)).toBe(60);
  });
});
