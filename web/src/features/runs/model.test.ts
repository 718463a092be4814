import { describe, expect, it } from "vitest";
import type { RunPage } from "@/api/types";
import {
  flattenPages,
  hasVanished,
  isNewestFirst,
  mergeChanges,
  replaceChanged,
  withoutRuns,
  withRun,
} from "./model";
import { somePage as page, someRun as run } from "./testing/runs";

const ids = (pages: readonly RunPage[]) => flattenPages(pages).map(({ id }) => id);
const LATER = "2026-11-22T11:00:00Z";

describe("mergeChanges", () => {
  it("replaces known runs in place and puts new ones on top", () => {
    const changes = page([run("b", { seq: 2 }), run("new", { created_at: LATER })], {
      seq: 9,
      total: 3,
    });
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
    expect(ids(mergeChanges([page([run("a")])], changes))).toEqual(["a"]);
  });

  it("takes out what was deleted, from any page", () => {
    const pages = [page([run("a"), run("b")]), page([run("c")])];
    expect(ids(mergeChanges(pages, page([], { deleted: ["b", "c"], total: 1 })))).toEqual(["a"]);
  });
});

describe("replaceChanged", () => {
  it("never moves nor adds a run: where it belongs is the server's to say", () => {
    const changes = page([run("new", { created_at: LATER }), run("a", { seq: 5 })], { seq: 6 });
    const merged = replaceChanged([page([run("b"), run("a")])], changes);
    expect(flattenPages(merged).map(({ id, seq }) => [id, seq])).toEqual([
      ["b", 1],
      ["a", 5],
    ]);
    expect(merged[0]?.seq).toBe(6);
  });
});

describe("hasVanished", () => {
  const before = [page([run("b"), run("a")])];
  const merge = (changes: RunPage) => hasVanished(before, mergeChanges(before, changes));

  it("is false while the count adds up", () => {
    expect(merge(page([], { total: 2 }))).toBe(false);
    expect(merge(page([run("a", { seq: 2 })], { total: 2 }))).toBe(false);
    expect(merge(page([run("c", { created_at: LATER })], { total: 3 }))).toBe(false);
    expect(merge(page([], { deleted: ["a"], total: 1 }))).toBe(false);
  });

  it("is true when a run is gone that no change told of, also where another came", () => {
    expect(merge(page([], { total: 1 }))).toBe(true);
    expect(merge(page([run("c", { created_at: LATER })], { total: 2 }))).toBe(true);
  });
});

describe("what is shown before the server's word", () => {
  const pages = [page([run("a"), run("b")], { total: 3 }), page([run("c")], { total: 3 })];

  it("is without the runs that are being deleted", () => {
    const left = withoutRuns(pages, new Set(["a", "c", "absent"]));
    expect(ids(left)).toEqual(["b"]);
    expect(left.map(({ total }) => total)).toEqual([1, 1]);
  });

  it("has the change of the one that is being changed", () => {
    const changed = withRun(pages, "c", (old) => ({ ...old, display_name: "new" }));
    expect(flattenPages(changed).map(({ display_name }) => display_name)).toEqual([
      "a",
      "b",
      "new",
    ]);
  });
});

it("a filter or an order make a list that is not newest first", () => {
  const plain = { search: "x", filter: "", sort: "", columns: ["config.lr"] };
  expect(isNewestFirst(plain)).toBe(true);
  expect(isNewestFirst({ ...plain, filter: "config.lr < 1" })).toBe(false);
  expect(isNewestFirst({ ...plain, sort: "name" })).toBe(false);
});
