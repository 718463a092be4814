/** What was deleted, and its way back. */
import type { ProjectRef, RunRef } from "./client";
import type { components } from "./generated/schema";
import { getJson, projectPath, runPath, send, withQuery } from "./transport";

export type TrashedRun = components["schemas"]["TrashedRun"];
export type TrashList = components["schemas"]["TrashList"];
export type TrashedProject = components["schemas"]["TrashedProject"];
export type TrashedProjectList = components["schemas"]["TrashedProjectList"];

export interface TrashClient {
  /** Those deleted last first. */
  listTrash(ref: ProjectRef, cursor?: string): Promise<TrashList>;
  restoreRun(ref: RunRef): Promise<void>;
  /** For good: record, history, console output, files. */
  removeRun(ref: RunRef): Promise<void>;
  /** All of them, for good. */
  emptyTrash(ref: ProjectRef): Promise<void>;
  listTrashedProjects(): Promise<TrashedProjectList>;
}

export const httpTrash: TrashClient = {
  listTrash: (ref, cursor) => {
    const query = new URLSearchParams(cursor === undefined ? {} : { cursor });
    return getJson<TrashList>(`${projectPath(ref)}/trash${withQuery(query)}`);
  },
  async restoreRun(ref) {
    await send("POST", `${runPath(ref)}/restore`);
  },
  async removeRun(ref) {
    await send("DELETE", `${projectPath(ref)}/trash/${encodeURIComponent(ref.run)}`);
  },
  async emptyTrash(ref) {
    await send("DELETE", `${projectPath(ref)}/trash`);
  },
  listTrashedProjects: () => getJson<TrashedProjectList>("/trash/projects"),
};
