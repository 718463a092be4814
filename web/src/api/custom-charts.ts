/** Custom charts that runs logged, and the columns of tables that they draw. */
import type { ProjectRef } from "./client";
import type { components } from "./generated/schema";
import { getJson, projectPath, send, withQuery } from "./transport";

type Schemas = components["schemas"];

export type LoggedChart = Schemas["LoggedChart"];
export type LoggedCharts = Schemas["LoggedCharts"];
export type TableColumns = Schemas["TableColumns"];
export type TableColumnsRequest = Schemas["TableColumnsRequest"];
export type RunColumns = Schemas["RunColumns"];

export interface CustomChartsClient {
  listLoggedCharts(
    ref: ProjectRef,
    runs: readonly string[],
    signal?: AbortSignal,
  ): Promise<LoggedCharts>;
  readTableColumns(
    ref: ProjectRef,
    request: TableColumnsRequest,
    signal?: AbortSignal,
  ): Promise<TableColumns>;
}

export const httpCustomCharts: CustomChartsClient = {
  listLoggedCharts(ref, runs, signal) {
    const query = new URLSearchParams(runs.map((run) => ["run", run]));
    return getJson<LoggedCharts>(`${projectPath(ref)}/logged-charts${withQuery(query)}`, signal);
  },
  async readTableColumns(ref, request, signal) {
    const path = `${projectPath(ref)}/table-columns`;
    const columns: TableColumns = await (
      await send("POST", path, { json: request, signal })
    ).json();
    return columns;
  },
};
