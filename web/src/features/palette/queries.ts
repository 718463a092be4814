/** What the server knows by name. Asked when the typing pauses; an answer overtaken is given up. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type ProjectRef, useClient } from "@/api/client";
import type { Project, RunRow } from "@/api/types";
import { runName } from "@/lib/run-name";
import type { Option } from "./model";

const PAUSE_MS = 120;
const MAX_RUNS = 50;

const NONE: readonly Option[] = [];

/** The value, once it has been the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Projects and runs anywhere whose names contain the text. */
export function useSearch(text: string) {
  const client = useClient();
  const settled = useSettled(text);
  const { data, error, isFetching } = useQuery({
    queryKey: ["search", settled],
    queryFn: ({ signal }) => client.search(settled, signal),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
  });
  return {
    projects: data?.projects.map(projectOption) ?? NONE,
    runs: data?.runs.map(runOption) ?? NONE,
    isLoading: isFetching || settled !== text,
    error: isFetching ? null : error,
  };
}

/** Runs of one project by name, newest first. */
export function useRunsNamed(project: ProjectRef, text: string) {
  const client = useClient();
  const settled = useSettled(text);
  const { data, error, isFetching } = useQuery({
    queryKey: ["runs-named", project.entity, project.project, settled],
    queryFn: ({ signal }) =>
      client.listRuns(project, { search: settled || undefined, limit: MAX_RUNS }, signal),
    placeholderData: keepPreviousData,
  });
  return {
    runs: data?.runs.map(runOption) ?? NONE,
    isLoading: isFetching || settled !== text,
    error: isFetching ? null : error,
  };
}

export function projectOption({ entity, name }: Pick<Project, "entity" | "name">): Option {
  return {
    id: `project:${entity}/${name}`,
    kind: "project",
    label: name,
    detail: entity,
    does: { href: `/${encodeURIComponent(entity)}/${encodeURIComponent(name)}` },
  };
}

export function runOption(
  run: Pick<RunRow, "entity" | "project" | "id" | "display_name"> & { tags?: readonly string[] },
): Option {
  const { entity, project, id } = run;
  const path = [entity, project, "runs", id].map(encodeURIComponent).join("/");
  return {
    id: `run:${entity}/${project}/${id}`,
    kind: "run",
    label: runName(run),
    detail: `${entity}/${project}`,
    keywords: [id, ...(run.tags ?? [])].join(" "),
    does: { href: `/${path}` },
  };
}
