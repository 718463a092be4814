import { formatInteger } from "../../format";
import { plural } from "./plural";

export const runs = {
  title: "Runs",
  filter: "Filter runs",
  count: (n: number) => plural(n, "run", "runs"),
  list: "Runs of this project",
  show: (name: string) => `Show ${name} in charts`,
  hide: (name: string) => `Hide ${name} from charts`,
  hideAll: "Hide all",
  reset: "Show newest",
  shown: (shown: number, total: number) =>
    `${formatInteger(shown)} of ${formatInteger(total)} shown`,
  noMatch: (text: string) => `No run matches “${text}”.`,
  emptyHint: "They appear here as soon as a script starts one in this project.",
  step: (n: string) => `step ${n}`,
  resize: "Resize the run list",
};
