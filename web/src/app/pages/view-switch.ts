/**
 * From the charts to the table and back: what was looked for, sorted, pinned and hidden goes along;
 * what only the other page has is there as it was left.
 */
import type { ProjectRef } from "@/api/client";
import { pick, recallView, type Search } from "./remembered-view";

export type ProjectView = "workspace" | "table";

/** What a person finds again: how they arranged the page, not what they were looking for. */
export const REMEMBERED = {
  workspace: ["sort", "cols", "pin", "grid", "top", "x", "xs", "y", "smooth", "outliers", "panels"],
  table: ["sort", "cols", "pin"],
} as const satisfies Record<ProjectView, readonly string[]>;

/** What means the same in both. */
const SHARED: readonly string[] = ["q", "filter", "sort", "pin", "hide", "show", "only"];

/** The search part with which the other view opens. */
export function searchOfView(
  view: ProjectView,
  ref: ProjectRef,
  search: Search,
): Record<string, string> {
  const ownNames = REMEMBERED[view].filter((name) => !SHARED.includes(name));
  return { ...recallView(view, ref, ownNames), ...pick(search, SHARED) };
}
