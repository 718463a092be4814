/** Files saved with a run: listed, addressed, read in part, deleted. */
import type { RunRef } from "./client";
import type { components } from "./generated/schema";
import { getJson, runPath, send, withQuery } from "./transport";

type Schemas = components["schemas"];

export type RunFile = Schemas["RunFile"];
export type FileList = Schemas["FileList"];
export type FilePreview = RunFile["preview"];

export interface ListFiles {
  prefix?: string | undefined;
  search?: string | undefined;
  /** `next_after` of the page before. */
  after?: string | undefined;
}

/** "save": to be kept; "show": bitmaps, sound, film, plain text; "sandbox": HTML and SVG in a frame. */
export type FileUse = "save" | "show" | "sandbox";

export interface FilePart {
  bytes: Uint8Array;
  /** Of the whole file. */
  sizeBytes: number;
}

export interface FilesClient {
  listFiles(ref: RunRef, query: ListFiles, signal?: AbortSignal): Promise<FileList>;
  /** Reads from the beginning, `limit` bytes at most. */
  readFile(ref: RunRef, name: string, limit: number, signal?: AbortSignal): Promise<FilePart>;
  deleteFile(ref: RunRef, name: string): Promise<void>;
  /** @param version `md5` of the file, where it is known: the browser may then keep the answer. */
  fileUrl(ref: RunRef, name: string, use: FileUse, version?: string | null): string;
}

export const httpFiles: FilesClient = {
  listFiles: (ref, query, signal) =>
    getJson<FileList>(`${runPath(ref)}/files${withQuery(listQuery(query))}`, signal),
  async readFile(ref, name, limit, signal) {
    const range = `bytes=0-${limit - 1}`;
    const response = await send("GET", filePath(ref, name), { signal, range });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, sizeBytes: wholeSize(response) ?? bytes.length };
  },
  async deleteFile(ref, name) {
    await send("DELETE", filePath(ref, name));
  },
  fileUrl(ref, name, use, version) {
    const query = new URLSearchParams();
    if (use === "show") query.set("inline", "true");
    if (use === "sandbox") query.set("sandbox", "true");
    if (version) query.set("version", version);
    return `/api/v1${filePath(ref, name)}${withQuery(query)}`;
  },
};

function filePath(ref: RunRef, name: string): string {
  return `${runPath(ref)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
}

function listQuery({ prefix, search, after }: ListFiles): URLSearchParams {
  const query = new URLSearchParams();
  if (prefix) query.set("prefix", prefix);
  if (search) query.set("search", search);
  if (after) query.set("after", after);
  return query;
}

/** From `Content-Range: bytes 0-99/1234`. */
function wholeSize(response: Response): number | null {
  const [, size] = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "") ?? [];
  return size === undefined ? null : Number(size);
}
