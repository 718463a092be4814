/** What a run was started with and on: command, machine, git, packages, saved code. */
import type { RunRef } from "./client";
import type { components } from "./generated/schema";
import { getJson, runPath } from "./transport";

type Schemas = components["schemas"];

export type RunEnvironment = Schemas["Environment"];
export type RunProcess = Schemas["ProcessEnvironment"];

export interface EnvironmentClient {
  /** What neither the client nor its files say is null. */
  getEnvironment(ref: RunRef, signal?: AbortSignal): Promise<RunEnvironment>;
}

export const httpEnvironment: EnvironmentClient = {
  getEnvironment: (ref, signal) => getJson<RunEnvironment>(`${runPath(ref)}/environment`, signal),
};
