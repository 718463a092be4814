import { useQuery } from "@tanstack/react-query";
import { type RunRef, useClient } from "@/api/client";
import type { RunFile } from "@/api/files";

/** Shared with whatever else shows a run's surroundings. */
export function useEnvironment(ref: RunRef) {
  const client = useClient();
  return useQuery({
    queryKey: ["environment", ref.entity, ref.project, ref.run],
    queryFn: ({ signal }) => client.getEnvironment(ref, signal),
  });
}

/** Of a file or a diff, this much is read. */
export const MAX_TEXT = 4 * 2 ** 20;

export function useText(ref: RunRef, file: RunFile) {
  const client = useClient();
  return useQuery({
    queryKey: ["code", ref.entity, ref.project, ref.run, file.name, file.md5 ?? file.updated_at],
    queryFn: async ({ signal }) => {
      if (file.size_bytes === 0) return { text: "", shownBytes: 0, sizeBytes: 0 };
      const { bytes, sizeBytes } = await client.readFile(ref, file.name, MAX_TEXT, signal);
      const isWhole = bytes.length >= sizeBytes;
      const text = new TextDecoder().decode(bytes, { stream: !isWhole });
      return { text, shownBytes: bytes.length, sizeBytes };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
