/** The client over HTTP: a cookie session, problem+json errors, binary series. */
import type { Client } from "./client";
import { httpRuns } from "./runs";
import { decodeSeries } from "./series-codec";
import { getJson, projectPath, send, withQuery } from "./transport";
import type { ApiKeyList, KeyList, Me, NewApiKey, Project, ProjectList } from "./types";

export const httpClient: Client = {
  ...httpRuns,
  async signIn(credentials) {
    await send("POST", "/session", { json: credentials });
  },
  async signOut() {
    await send("DELETE", "/session");
  },
  getMe: () => getJson<Me>("/me"),
  async createApiKey(name) {
    const response = await send("POST", "/api-keys", { json: { name } });
    const created: NewApiKey = await response.json();
    return created;
  },
  async listApiKeys(username) {
    const query = new URLSearchParams({ user: username });
    return (await getJson<ApiKeyList>(`/api-keys${withQuery(query)}`)).keys;
  },
  async revokeApiKey(id) {
    await send("DELETE", `/api-keys/${id}`);
  },
  async listProjects() {
    return (await getJson<ProjectList>("/projects")).projects;
  },
  getProject: (ref) => getJson<Project>(projectPath(ref)),
  async listKeys(ref, runs, stream) {
    const query = new URLSearchParams(runs.map((run) => ["run", run]));
    if (stream === "system") query.set("stream", stream);
    return (await getJson<KeyList>(`${projectPath(ref)}/keys${withQuery(query)}`)).keys;
  },
  async loadSeries(requests, signal) {
    const response = await send("POST", "/series", { json: { requests }, signal });
    return decodeSeries(await response.arrayBuffer());
  },
};
