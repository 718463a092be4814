/** What training scripts wanted people to know. */
import type { RunRef } from "./client";
import type { components } from "./generated/schema";
import { getJson, runPath } from "./transport";

type Schemas = components["schemas"];

export type RunAlert = Schemas["RunAlert"];

export interface AlertsClient {
  /** The newest first, a hundred at most. */
  listAlerts(ref: RunRef, signal?: AbortSignal): Promise<Schemas["RunAlertList"]>;
}

export const httpAlerts: AlertsClient = {
  listAlerts: (ref, signal) => getJson<Schemas["RunAlertList"]>(`${runPath(ref)}/alerts`, signal),
};
