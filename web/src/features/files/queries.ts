import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type Client, useClient } from "@/api/client";
import type { RunFile } from "@/api/files";
import { type FileOwner, ownerPath } from "@/api/transport";

/** A tree holds this many; beyond, the search finds the rest. */
export const MAX_LISTED = 20_000;

const filesKey = (owner: FileOwner) => ["files", ownerPath(owner)];

export interface Listing {
  files: RunFile[];
  /** Of the run, listed or not. */
  total: number;
  isWhole: boolean;
}

/**
 * @param search Only where the run has more files than are listed does the server search; the
 *   tree searches in what it has.
 */
export function useFiles(ref: FileOwner, search: string) {
  const client = useClient();
  return useQuery({
    queryKey: [...filesKey(ref), search],
    queryFn: ({ signal }) => loadFiles(client, ref, search, signal),
    placeholderData: keepPreviousData,
  });
}

async function loadFiles(
  client: Client,
  ref: FileOwner,
  search: string,
  signal: AbortSignal,
): Promise<Listing> {
  const files: RunFile[] = [];
  let after: string | null | undefined;
  do {
    const page = await client.listFiles(ref, { search, after: after ?? undefined }, signal);
    files.push(...page.files);
    after = page.next_after;
    if (after === null) return { files, total: page.total, isWhole: true };
    if (files.length >= MAX_LISTED) return { files, total: page.total, isWhole: false };
  } while (after !== null);
  return { files, total: files.length, isWhole: true };
}

/** For live events: a run saves files as it goes. */
export function useRefreshFiles(ref: FileOwner) {
  const cache = useQueryClient();
  const path = ownerPath(ref);
  return useCallback(
    () => void cache.invalidateQueries({ queryKey: ["files", path] }),
    [cache, path],
  );
}

/** The first `limit` bytes of a file. A file that changed is another question. */
export function useFileStart(ref: FileOwner, file: RunFile, limit: number) {
  const client = useClient();
  return useQuery({
    queryKey: ["file", ownerPath(ref), file.name, versionOf(file), limit],
    queryFn: ({ signal }) =>
      file.size_bytes === 0
        ? Promise.resolve({ bytes: new Uint8Array(), sizeBytes: 0 })
        : client.readFile(ref, file.name, limit, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (old, query) => (query?.queryKey[2] === file.name ? old : undefined),
  });
}

function versionOf({ md5, updated_at }: RunFile): string {
  return md5 ?? updated_at;
}
