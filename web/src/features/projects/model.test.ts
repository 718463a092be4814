import { expect, it } from "vitest";
import type { Project } from "@/api/types";
import { findProjects, stateCounts } from "./model";

const project = (name: string, more: Partial<Project> = {}): Project => ({
  entity: "lab",
  name,
  description: "",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  last_activity_at: "2026-01-01T00:00:00Z",
  num_runs: 0,
  states: {},
  ...more,
});

const PROJECTS = [
  project("old", { last_activity_at: "2025-01-01T00:00:00Z", num_runs: 9 }),
  project("new", { last_activity_at: "2026-05-01T00:00:00Z", num_runs: 2 }),
  project("live", { last_activity_at: "2024-01-01T00:00:00Z", states: { running: 1 } }),
];

const names = (...args: Parameters<typeof findProjects>) =>
  findProjects(...args).map(({ name }) => name);

it("puts what is going on first, then what was active last", () => {
  expect(names(PROJECTS, "")).toEqual(["live", "new", "old"]);
  expect(names(PROJECTS, "", "name")).toEqual(["live", "new", "old"]);
  expect(names(PROJECTS, "", "runs")).toEqual(["old", "new", "live"]);
});

it("finds by name, entity and description, whatever the case", () => {
  expect(names(PROJECTS, " LAB/Ne ")).toEqual(["new"]);
  expect(names([project("a", { description: "About Digits" })], "digits")).toEqual(["a"]);
});

it("counts states, what wants attention first, and leaves out what there is none of", () => {
  expect(stateCounts(project("a", { states: { finished: 3, failed: 1, running: 0 } }))).toEqual([
    { state: "failed", count: 1 },
    { state: "finished", count: 3 },
  ]);
});
