/** The client over HTTP: a cookie session, problem+json errors, binary series. */
import { httpAlerts } from "./alerts";
import { httpArtifacts } from "./artifacts";
import type { Client } from "./client";
import { httpConsole } from "./console";
import { httpCustomCharts } from "./custom-charts";
import { httpEnvironment } from "./environment";
import { httpFiles } from "./files";
import { KeyLists } from "./keys";
import { httpMedia } from "./media";
import { httpProjects } from "./projects";
import { httpRegistry } from "./registry";
import { httpRuns } from "./runs";
import { httpSearch } from "./search";
import { decodeSeries } from "./series-codec";
import { httpStorage } from "./storage";
import { httpSystem } from "./system";
import { getJson, send, withQuery } from "./transport";
import { httpTrash } from "./trash";
import type { ApiKeyList, Me, NewApiKey } from "./types";

const keyLists = new KeyLists();

export const httpClient: Client = {
  ...httpProjects,
  ...httpRegistry,
  ...httpRuns,
  ...httpMedia,
  ...httpFiles,
  ...httpArtifacts,
  ...httpEnvironment,
  ...httpAlerts,
  ...httpSearch,
  ...httpTrash,
  ...httpConsole,
  ...httpCustomCharts,
  ...httpStorage,
  ...httpSystem,
  async signIn(credentials) {
    await send("POST", "/session", { json: credentials });
  },
  async signOut() {
    await send("DELETE", "/session");
  },
  async setPassword(username, password) {
    await send("PUT", `/users/${encodeURIComponent(username)}/password`, { json: { password } });
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
  listKeys: (ref, runs, stream) => keyLists.load(ref, runs, stream),
  async loadSeries(requests, signal) {
    const response = await send("POST", "/series", { json: { requests }, signal });
    return decodeSeries(await response.arrayBuffer());
  },
};
