/** How the client over HTTP talks: a cookie session, JSON, problem+json errors. */
import type { CollectionRef, VersionRef } from "./artifacts";
import type { ProjectRef, RunRef } from "./client";
import { readProblem, UnreachableError } from "./problem";

const BASE = "/api/v1";

export interface Sending {
  json?: unknown;
  signal?: AbortSignal | undefined;
  /** Only these bytes: `bytes=0-999`. */
  range?: string | undefined;
  /** The ETag of what is here already: where that is still so, the answer is a 304. */
  known?: string | undefined;
}

export async function send(method: string, path: string, sending: Sending = {}): Promise<Response> {
  const headers = new Headers({ Accept: "application/json, application/problem+json, */*" });
  if (method !== "GET") headers.set("X-Runstone-CSRF", "1");
  if (sending.range !== undefined) headers.set("Range", sending.range);
  if (sending.known) headers.set("If-None-Match", sending.known);
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (sending.json !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(sending.json);
  }
  if (sending.signal) init.signal = sending.signal;
  const response = await reach(path, init);
  if (!response.ok && response.status !== 304) throw await readProblem(response);
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
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return readJson(await send("GET", path, { signal }));
}

/** As `getJson`, for what has a body. */
export async function sendJson<T>(method: string, path: string, json: unknown): Promise<T> {
  return readJson(await send(method, path, { json }));
}

function readJson<T>(response: Response): Promise<T> {
  return response.json();
}

export function projectPath({ entity, project }: ProjectRef): string {
  return `/projects/${encodeURIComponent(entity)}/${encodeURIComponent(project)}`;
}

export function runPath(ref: RunRef): string {
  return `${projectPath(ref)}/runs/${encodeURIComponent(ref.run)}`;
}

export function collectionPath(ref: CollectionRef): string {
  return `${projectPath(ref)}/artifacts/${encodeURIComponent(ref.collection)}`;
}

export function versionPath(ref: VersionRef): string {
  return `${collectionPath(ref)}/versions/${encodeURIComponent(ref.version)}`;
}

/** What has files. */
export type FileOwner = RunRef | VersionRef;

export function ownerPath(owner: FileOwner): string {
  return "run" in owner ? runPath(owner) : versionPath(owner);
}

/** For what the browser itself asks for: links, images, downloads. */
export function apiUrl(path: string): string {
  return BASE + path;
}

/** `?a=1`, or nothing. */
export function withQuery(query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
