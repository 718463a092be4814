/** Short names for the server's nouns. The shapes come from the OpenAPI document alone. */
import type { components } from "./generated/schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Me = Schemas["Me"];
export type Project = Schemas["Project"];
export type ProjectList = Schemas["ProjectList"];
export type RunState = Schemas["RunState"];
export type RunRow = Schemas["RunRow"];
export type RunDetail = Schemas["RunDetail"];
/** A run without its documents, which may be of megabytes. */
export type BareRun = Omit<RunDetail, "config" | "summary">;
export type DocumentPage = Schemas["DocumentPage"];
export type RunPage = Schemas["RunList"];
export type QueryWarning = Schemas["QueryWarning"];
export type RunChange = Schemas["UpdateRun"];
export type BulkChange = Pick<Schemas["BulkChange"], "runs" | "action"> &
  Partial<Schemas["BulkChange"]>;
export type BulkOutcome = Schemas["BulkOutcome"];
export type RunColumn = Schemas["Column"];
export type ColumnPage = Schemas["ColumnList"];
export type KeyManner = Schemas["KeyManner"];
export type KeyNames = Schemas["KeyNames"];
/** A key that runs have logged, and how it asks to be drawn. */
export type MetricKey = KeyManner & { name: string };
export type Stream = Schemas["StreamKind"];
export type Axis = Schemas["Axis"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyList = Schemas["ApiKeyList"];
export type NewApiKey = Schemas["NewApiKey"];
export type ChangedRun = Schemas["ChangedRun"];
export type HelloEvent = Schemas["HelloEvent"];
export type RunsEvent = Schemas["RunsEvent"];
export type SeriesRequest = Required<Schemas["SeriesRequest"]>;
export type Smoothing = Schemas["SmoothingRequest"];
export type SmoothingKind = Schemas["SmoothingKind"];
export type SeriesHeader = Schemas["SeriesHeader"];
export type SeriesArrays = Schemas["SeriesArrays"];
export type SeriesError = Schemas["SeriesError"];
export type ConsoleWindow = Schemas["ConsoleWindow"];
export type ConsoleWriter = Schemas["ConsoleWriter"];
export type ConsoleLine = Schemas["ConsoleLine"];
export type ConsoleMatches = Schemas["ConsoleMatches"];
export type Package = Schemas["Package"];
export type SystemMetrics = Schemas["SystemMetrics"];
export type SystemMetric = Schemas["SystemMetric"];
export type SystemHost = Schemas["SystemHost"];
