import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { RunRef } from "@/api/client";

/** Links from what a page says of a run to the pages that show it. */
export function useRunLinks(ref: RunRef) {
  return useMemo(
    () => ({
      codeLink: (words: string) => (
        <Link to="/$entity/$project/runs/$run/code" params={ref}>
          {words}
        </Link>
      ),
      mediaLink: (key: string, words: string) => (
        <Link to="/$entity/$project/runs/$run/media" params={ref} search={{ q: key }}>
          {words}
        </Link>
      ),
    }),
    [ref],
  );
}
