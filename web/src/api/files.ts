/** Files of a run or of an artifact's version: listed, addressed, read in part, deleted. */
import type { VersionRef } from "./artifacts";
import type { RunRef } from "./client";
import type { components } from "./generated/schema";
import { type FileOwner, getJson, ownerPath, send, withQuery } from "./transport";

type Schemas = components["schemas"];

export interface RunFile extends Readonly<Schemas["RunFile"]> {
  /** "" in a version: its files never change. */
  updated_at: string;
  /** Where the bytes are, when they are not on this server. */
  reference?: string | null;
}

export interface FileList extends Omit<Schemas["FileList"], "files"> {
  files: RunFile[];
}

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
  listFiles(owner: FileOwner, query: ListFiles, signal?: AbortSignal): Promise<FileList>;
  /** Reads from the beginning, `limit` bytes at most. */
  readFile(owner: FileOwner, name: string, limit: number, signal?: AbortSignal): Promise<FilePart>;
  deleteFile(ref: RunRef, name: string): Promise<void>;
  /** @param version `md5` of the file, where it is known: the browser may then keep the answer. */
  fileUrl(owner: FileOwner, name: string, use: FileUse, version?: string | null): string;
}

export const httpFiles: FilesClient = {
  listFiles: (owner, query, signal) =>
    "run" in owner
      ? getJson<FileList>(
          `${ownerPath(owner)}/files${withQuery(listQuery(query, "after"))}`,
          signal,
        )
      : listVersionFiles(owner, query, signal),
  async readFile(owner, name, limit, signal) {
    const range = `bytes=0-${limit - 1}`;
    const response = await send("GET", filePath(owner, name), { signal, range });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, sizeBytes: wholeSize(response) ?? bytes.length };
  },
  async deleteFile(ref, name) {
    await send("DELETE", filePath(ref, name));
  },
  fileUrl(owner, name, use, version) {
    const query = new URLSearchParams();
    if (use === "show") query.set("inline", "true");
    if (use === "sandbox") query.set("sandbox", "true");
    if (version) query.set("run" in owner ? "version" : "md5", version);
    return `/api/v1${filePath(owner, name)}${withQuery(query)}`;
  },
};

async function listVersionFiles(
  owner: VersionRef,
  query: ListFiles,
  signal?: AbortSignal,
): Promise<FileList> {
  const wanted = withQuery(listQuery(query, "cursor"));
  const { files, total, next_cursor } = await getJson<Schemas["ArtifactFileList"]>(
    `${ownerPath(owner)}/files${wanted}`,
    signal,
  );
  return {
    files: files.map(({ path, digest: _, ...file }) => ({ ...file, name: path, updated_at: "" })),
    total,
    next_after: next_cursor,
  };
}

function filePath(owner: FileOwner, name: string): string {
  return `${ownerPath(owner)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
}

function listQuery(
  { prefix, search, after }: ListFiles,
  cursor: "after" | "cursor",
): URLSearchParams {
  const query = new URLSearchParams();
  if (prefix) query.set("prefix", prefix);
  if (search) query.set("search", search);
  if (after) query.set(cursor, after);
  return query;
}

/** From `Content-Range: bytes 0-99/1234`. */
function wholeSize(response: Response): number | null {
  const [, size] = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "") ?? [];
  return size === undefined ? null : Number(size);
}
