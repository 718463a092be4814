/** Runs as they stand in an address: `id`, or `entity/project/id` of another project. Pure. */
import { joinTexts, splitTexts } from "@/lib/text-list";

export interface RunAddress {
  entity: string;
  project: string;
  run: string;
}

export interface Place {
  entity: string;
  project: string;
}

export const MAX_RUNS = 50;

/** Each run once, in the order given; what cannot be an address is left out. */
export function readRuns(text: string | undefined, place: Place): RunAddress[] {
  const runs = splitTexts(text).flatMap((part): RunAddress[] => {
    const pieces = part.trim().split("/");
    const [first = "", project = "", run = ""] = pieces;
    if (pieces.length === 1 && first !== "") return [{ ...place, run: first }];
    const isWhole = pieces.length === 3 && first !== "" && project !== "" && run !== "";
    return isWhole ? [{ entity: first, project, run }] : [];
  });
  const once = new Map(runs.map((run) => [addressText(run), run]));
  return [...once.values()].slice(0, MAX_RUNS);
}

export function writeRuns(runs: readonly RunAddress[], place: Place): string | undefined {
  const texts = runs.map((run) => (isAt(run, place) ? run.run : addressText(run)));
  return texts.length === 0 ? undefined : joinTexts(texts);
}

export function addressText({ entity, project, run }: RunAddress): string {
  return `${entity}/${project}/${run}`;
}

export function isAt(run: RunAddress, { entity, project }: Place): boolean {
  return run.entity === entity && run.project === project;
}

/** What is typed to find a run: a search here, or `entity/project/search` elsewhere. */
export function readSearch(text: string, place: Place): { place: Place; search: string } {
  const [entity = "", project = "", ...rest] = text.split("/");
  if (rest.length === 0 || entity === "" || project === "") return { place, search: text.trim() };
  return {
    place: { entity: entity.trim(), project: project.trim() },
    search: rest.join("/").trim(),
  };
}
