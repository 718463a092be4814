/** Projects: all that one may see, one, and what people do with them. */
import type { ProjectRef } from "./client";
import type { components } from "./generated/schema";
import { getJson, projectPath, send, sendJson, withQuery } from "./transport";
import type { Project, ProjectList, RunRow } from "./types";

export type NewProject = components["schemas"]["CreateProject"];
type RecentRuns = components["schemas"]["RecentRuns"];

export interface ProjectsClient {
  listProjects(): Promise<Project[]>;
  getProject(ref: ProjectRef): Promise<Project>;
  createProject(wanted: NewProject): Promise<Project>;
  describeProject(ref: ProjectRef, description: string): Promise<Project>;
  /** The old name leads there while no other project has it. */
  renameProject(ref: ProjectRef, name: string): Promise<Project>;
  /** To the trash, its runs with it. */
  deleteProject(ref: ProjectRef): Promise<void>;
  restoreProject(ref: ProjectRef): Promise<Project>;
  /** Of all projects, the most recently active first. */
  listRecentRuns(limit: number): Promise<RunRow[]>;
}

export const httpProjects: ProjectsClient = {
  async listProjects() {
    return (await getJson<ProjectList>("/projects")).projects;
  },
  getProject: (ref) => getJson<Project>(projectPath(ref)),
  createProject: (wanted) => sendJson<Project>("POST", "/projects", wanted),
  describeProject: (ref, description) =>
    sendJson<Project>("PATCH", projectPath(ref), { description }),
  renameProject: (ref, name) => sendJson<Project>("PATCH", projectPath(ref), { name }),
  async deleteProject(ref) {
    await send("DELETE", `${projectPath(ref)}?runs=true`);
  },
  restoreProject: (ref) => sendJson<Project>("POST", `${projectPath(ref)}/restore`, undefined),
  async listRecentRuns(limit) {
    const query = new URLSearchParams({ limit: String(limit) });
    return (await getJson<RecentRuns>(`/runs/recent${withQuery(query)}`)).runs;
  },
};
