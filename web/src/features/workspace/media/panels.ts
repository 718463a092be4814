/** The media that runs of a project logged, and the section that they stand in. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ProjectRef, useClient } from "@/api/client";
import type { LoggedChart } from "@/api/custom-charts";
import type { ProjectMediaKey } from "@/api/media";
import type { MetricKey } from "@/api/types";
import type { PanelKey } from "../model";
import { byName, type Section } from "../sections";

/** No prefix begins with an asterisk: `sections.ts`. */
const MEDIA = "*media";
const NONE: readonly ProjectMediaKey[] = [];

/** Asked again with the keys, and not at all where runs logged nothing but numbers. */
export function useProjectMedia(
  { entity, project }: ProjectRef,
  keys: readonly MetricKey[] | undefined,
  isWanted: boolean,
): readonly ProjectMediaKey[] {
  const client = useClient();
  const hasObjects = useMemo(() => keys?.some(({ kind }) => kind === "json") === true, [keys]);
  const isEnabled = isWanted && hasObjects;
  const { data } = useQuery({
    queryKey: ["keys", entity, project, "media"],
    queryFn: ({ signal }) => client.listProjectMedia({ entity, project }, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
  return (isEnabled && data?.keys) || NONE;
}

/** Below all curves, above the system's. Tables that are drawn as charts are there already. */
export function withMedia(
  sections: readonly Section[],
  keys: readonly ProjectMediaKey[],
  charts: readonly LoggedChart[],
): readonly Section[] {
  const drawn = new Set(charts.map(({ table }) => table));
  const panels = keys
    .filter(({ key }) => !drawn.has(key))
    .map(({ key, kind }): PanelKey => ({ key, stream: "history", media: kind }));
  if (panels.length === 0) return sections;
  const isSystem = ({ kind }: Section) => kind === "system";
  return [
    ...sections.filter((section) => !isSystem(section)),
    byName({ id: MEDIA, kind: "media", name: null }, panels),
    ...sections.filter(isSystem),
  ];
}
