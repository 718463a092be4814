import type { Project, RunState } from "@/api/types";

/** Projects whose name, entity or description contains the text, latest activity first. */
export function findProjects(projects: readonly Project[], text: string): Project[] {
  const wanted = text.trim().toLowerCase();
  const matches = (project: Project) =>
    `${project.entity}/${project.name} ${project.description}`.toLowerCase().includes(wanted);
  return projects
    .filter(matches)
    .toSorted((a, b) => (b.last_activity_at ?? "").localeCompare(a.last_activity_at ?? ""));
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
