/** What a project's pages have in common. */
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ProjectRef } from "@/api/client";
import { ProblemError } from "@/api/problem";

/** All addresses of a project's pages carry the same parts. */
export function useProjectRef(): ProjectRef {
  const { entity = "", project = "" } = useParams({ strict: false });
  return useMemo(() => ({ entity, project }), [entity, project]);
}

/** The server understood and said no to this question: the list says why, and the page lives on. */
export function isRefusal(error: Error): boolean {
  return error instanceof ProblemError && error.status === 400;
}

export function compareAddress({ entity, project }: ProjectRef, ids: readonly string[]): string {
  const [owner, name] = [entity, project].map(encodeURIComponent);
  return `/${owner}/${name}/compare?runs=${ids.join(",")}`;
}
