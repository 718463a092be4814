import { describe, expect, it } from "vitest";
import type { RunPage, RunRow } from "@/api/types";
import { flattenPages, hasVanished, mergeChanges } from "./model";
import {
  formatVisibility,
  NUM_SHOWN_BY_DEFAULT,
  parseVisibility,
  showOnly,
  toggleEye,
  visibleIds,
} from "./visibility";

function run(id: string, change: Partial<RunRow> = {}): RunRow {
  return {
    id,
    entity: "lab",
    project: "digits",
    number: 1,
    display_name: id,
    state: "running",
    created_at: "2026-11-22T10:00:00Z",
    heartbeat_at: "2026-11-22T10:01:00Z",
    finished_at: null,
    duration_s: 60,
    username: "ada",
    group: null,
    job_type: null,
    tags: [],
    num_rows: 0,
    last_step: null,
    seq: 1,
    ...change,
  };
}

const page = (runs: RunRow[], change: Partial<RunPage> = {}): RunPage => ({
  runs,
  next_cursor: null,
  total: runs.length,
  seq: 1,
  warnings: [],
  ...change,
});

describe("hasVanished", () => {
  const before = [page([run("b"), run("a")])];
  const merge = (changes: RunPage) => hasVanished(before, mergeChanges(before, changes));

  it("is false while the count adds up", () => {
    expect(merge(page([], { total: 2 }))).toBe(false);
    expect(merge(page([run("a", { seq: 2 })], { total: 2 }))).toBe(false);
    expect(merge(page([run("c", { created_at: "2027" })], { total: 3 }))).toBe(false);
  });

  it("is true when a run is gone, also where another came", () => {
    expect(merge(page([], { total: 1 }))).toBe(true);
    expect(merge(page([run("c", { created_at: "2027" })], { total: 2 }))).toBe(true);
  });
});

describe("mergeChanges", () => {
  it("replaces known runs in place and puts new ones on top", () => {
    const changes = page(
      [run("b", { seq: 2 }), run("new", { created_at: "2026-11-22T11:00:00Z" })],
      {
        seq: 9,
        total: 3,
      },
    );
    const merged = mergeChanges([page([run("a"), run("b")])], changes);
    expect(flattenPages(merged).map(({ id, seq }) => [id, seq])).toEqual([
      ["new", 1],
      ["a", 1],
      ["b", 2],
    ]);
    expect(merged[0]).toMatchObject({ total: 3, seq: 9 });
  });

  it("leaves old runs beyond the loaded pages where they are", () => {
    const changes = page([run("old", { created_at: "2020-01-01T00:00:00Z" })]);
    expect(flattenPages(mergeChanges([page([run("a")])], changes)).map(({ id }) => id)).toEqual([
      "a",
    ]);
  });
});

describe("visibility", () => {
  const runs = Array.from({ length: 50 }, (_, i) => run(`r${i}`));

  it("shows the newest runs by default", () => {
    const shown = visibleIds(runs, parseVisibility({}));
    expect(shown.size).toBe(NUM_SHOWN_BY_DEFAULT);
    expect(shown.has("r0")).toBe(true);
    expect(shown.has("r49")).toBe(false);
  });

  it("switches eyes off and on, and leaves the URL clean where nothing is said", () => {
    const none = parseVisibility({});
    const off = toggleEye(none, "r1", true);
    expect(formatVisibility(off)).toEqual({ hide: "r1", show: undefined, only: undefined });
    expect(visibleIds(runs, off).has("r1")).toBe(false);
    expect(formatVisibility(toggleEye(off, "r1", false))).toEqual(formatVisibility(none));
    const on = toggleEye(none, "r49", false);
    expect(visibleIds(runs, on).has("r49")).toBe(true);
  });

  it("keeps an explicit choice, the empty one too, through the URL", () => {
    const nothing = formatVisibility(showOnly([]));
    expect(visibleIds(runs, parseVisibility(nothing)).size).toBe(0);
    const one = toggleEye(parseVisibility(nothing), "r7", false);
    expect([...visibleIds(runs, one)]).toEqual(["r7"]);
  });
});
