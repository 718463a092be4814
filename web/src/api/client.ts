/**
 * What the interface may ask of a server, in one place. Implemented over HTTP
 * by `http.ts`; a shared snapshot and a fake for tests can take its place.
 */

import { createContext, use } from "react";
import type { AlertsClient } from "./alerts";
import type { ArtifactsClient } from "./artifacts";
import type { ConsoleClient } from "./console";
import type { CustomChartsClient } from "./custom-charts";
import type { EnvironmentClient } from "./environment";
import type { FilesClient } from "./files";
import type { MediaClient } from "./media";
import type { ProjectsClient } from "./projects";
import type { RegistryClient } from "./registry";
import type { RunsClient } from "./runs";
import type { SearchClient } from "./search";
import type { SeriesAnswer } from "./series-codec";
import type { StorageClient } from "./storage";
import type { SystemClient } from "./system";
import type { TrashClient } from "./trash";
import type { ApiKey, Me, MetricKey, NewApiKey, SeriesRequest, Stream } from "./types";

export type Credentials =
  | { token: string }
  | { api_key: string }
  | { username: string; password: string };

export interface ProjectRef {
  entity: string;
  project: string;
}

export interface RunRef extends ProjectRef {
  run: string;
}

export interface Client
  extends RunsClient,
    ConsoleClient,
    CustomChartsClient,
    MediaClient,
    FilesClient,
    ArtifactsClient,
    EnvironmentClient,
    AlertsClient,
    ProjectsClient,
    RegistryClient,
    SearchClient,
    StorageClient,
    SystemClient,
    TrashClient {
  signIn(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
  getMe(): Promise<Me>;
  /** One's own, or by an administrator anybody's. */
  setPassword(username: string, password: string): Promise<void>;
  /** @param name What the key is for; the answer is the only time its secret is shown. */
  createApiKey(name: string): Promise<NewApiKey>;
  /** Newest first; never a secret. */
  listApiKeys(username: string): Promise<ApiKey[]>;
  /** From then on the key opens nothing. There is no way back. */
  revokeApiKey(id: number): Promise<void>;
  /** Keys of the given runs, or of the newest 100 when none is given. */
  listKeys(ref: ProjectRef, runs: readonly string[], stream: Stream): Promise<MetricKey[]>;
  loadSeries(requests: readonly SeriesRequest[], signal?: AbortSignal): Promise<SeriesAnswer>;
}

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = use(ClientContext);
  if (client === null) throw new Error("No client was provided above this component.");
  return client;
}
