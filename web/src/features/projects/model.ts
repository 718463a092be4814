import type { Project, RunState } from "@/api/types";

export type ProjectSort = "activity" | "name" | "runs";

export function readSort(text: string | undefined): ProjectSort {
  return text === "name" || text === "runs" ? text : "activity";
}

/** Projects whose name, entity or description contains the text, in the order that is wanted. */
export function findProjects(
  projects: readonly Project[],
  text: string,
  sort: ProjectSort = "activity",
): Project[] {
  const wanted = text.trim().toLowerCase();
  const matches = (project: Project) =>
    `${project.entity}/${project.name} ${project.description}`.toLowerCase().includes(wanted);
  return projects.filter(matches).toSorted(ORDERS[sort]);
}

type Order = (a: Project, b: Project) => number;

const byActivity: Order = (a, b) =>
  Number(isLive(b)) - Number(isLive(a)) ||
  (b.last_activity_at ?? "").localeCompare(a.last_activity_at ?? "");

const ORDERS = {
  // What is going on right now comes first, whatever it did last.
  activity: byActivity,
  name: (a, b) => a.name.localeCompare(b.name) || a.entity.localeCompare(b.entity),
  runs: (a, b) => b.num_runs - a.num_runs || byActivity(a, b),
} satisfies Record<ProjectSort, Order>;

export function isLive({ states }: Pick<Project, "states">): boolean {
  return (states.running ?? 0) > 0;
}

/** What wants attention comes first. */
const ORDER: readonly RunState[] = [
  "running",
  "pending",
  "preempting",
  "failed",
  "crashed",
  "killed",
  "preempted",
  "finished",
];

export function stateCounts(project: Project): { state: RunState; count: number }[] {
  return ORDER.map((state) => ({ state, count: project.states[state] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
}
