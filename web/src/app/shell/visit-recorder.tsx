/** Remembers where the person was, for the palette: places that were there, under their names. */
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ProjectRef, RunRef } from "@/api/client";
import type { Option } from "@/features/palette/model";
import { projectOption, runOption } from "@/features/palette/queries";
import { recordVisit } from "@/features/palette/recent";
import { useProject } from "@/features/projects/queries";
import { useRun } from "@/features/run/queries";
import { useCurrentName } from "./former-name";

export function VisitRecorder() {
  const { entity, project, run } = useParams({ strict: false });
  if (entity === undefined || project === undefined) return null;
  return run === undefined ? (
    <ProjectVisit entity={entity} project={project} />
  ) : (
    <RunVisit entity={entity} project={project} run={run} />
  );
}

function ProjectVisit(ref: ProjectRef) {
  const { data } = useProject(ref);
  useCurrentName(ref.entity, ref.project, data?.name);
  useVisit(data && projectOption(data));
  return null;
}

function RunVisit(ref: RunRef) {
  const { data } = useRun(ref);
  useCurrentName(ref.entity, ref.project, data?.project);
  useVisit(data && runOption(data));
  return null;
}

function useVisit(option: Option | undefined): void {
  const { id, label, detail = "", kind, does } = option ?? NOWHERE;
  const href = "href" in does ? does.href : "";
  useEffect(() => {
    if (kind === "run" || kind === "project") recordVisit({ id, kind, label, detail, href });
  }, [id, kind, label, detail, href]);
}

const NOWHERE: Option = { id: "", kind: "page", label: "", does: { href: "" } };
