/** What a run's machines measured: which curves there are, by host and device. */
import type { RunRef } from "./client";
import { getJson, runPath } from "./transport";
import type { SystemMetrics } from "./types";

export interface SystemClient {
  getSystem(ref: RunRef, signal?: AbortSignal): Promise<SystemMetrics>;
}

export const httpSystem: SystemClient = {
  getSystem: (ref, signal) => getJson<SystemMetrics>(`${runPath(ref)}/system`, signal),
};
