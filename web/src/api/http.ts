/** The client over HTTP: a cookie session, problem+json errors, binary series. */
import type { Client, ListRuns, ProjectRef, RunRef } from "./client";
import { readProblem, UnreachableError } from "./problem";
import { decodeSeries } from "./series-codec";
import type {
  ApiKeyList,
  KeyList,
  Me,
  NewApiKey,
  Project,
  ProjectList,
  RunDetail,
  RunPage,
} from "./types";

const BASE = "/api/v1";

export const httpClient: Client = {
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
  listRuns: (ref, query) => getJson<RunPage>(`${projectPath(ref)}/runs${runsQuery(query)}`),
  getRun: (ref) => getJson<RunDetail>(runPath(ref)),
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

interface Sending {
  json?: unknown;
  signal?: AbortSignal | undefined;
}

async function send(method: string, path: string, sending: Sending = {}): Promise<Response> {
  const headers = new Headers({ Accept: "application/json, application/problem+json, */*" });
  if (method !== "GET") headers.set("X-Runstone-CSRF", "1");
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (sending.json !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(sending.json);
  }
  if (sending.signal) init.signal = sending.signal;
  const response = await reach(path, init);
  if (!response.ok) throw await readProblem(response);
  return response;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(BASE + path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new UnreachableError(error);
  }
}

/** The one place where bytes become types; the OpenAPI document vouches for the shape. */
async function getJson<T>(path: string): Promise<T> {
  const response = await send("GET", path);
  return response.json();
}

function projectPath({ entity, project }: ProjectRef): string {
  return `/projects/${encodeURIComponent(entity)}/${encodeURIComponent(project)}`;
}

function runPath(ref: RunRef): string {
  return `${projectPath(ref)}/runs/${encodeURIComponent(ref.run)}`;
}

function runsQuery({ search, cursor, limit, sinceSeq }: ListRuns): string {
  const query = new URLSearchParams();
  if (search) query.set("search", search);
  if (cursor) query.set("cursor", cursor);
  if (limit !== undefined) query.set("limit", String(limit));
  if (sinceSeq !== undefined) query.set("since_seq", String(sinceSeq));
  return withQuery(query);
}

function withQuery(query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
