import { plural } from "./plural";

export const workspace = {
  title: "Workspace",
  charts: "Charts",
  filter: "Filter charts",
  xAxis: "X axis",
  step: "Step",
  relative: "Relative",
  time: "Wall time",
  logY: "Log y",
  logYHint: "Logarithmic y axes; values of zero and below have no place on them",
  resetZoom: "Reset zoom",
  ungrouped: "metrics",
  system: "system",
  section: (name: string, count: number) => `${name}, ${plural(count, "chart", "charts")}`,
  noMatch: (text: string) => `No chart matches “${text}”.`,
  nothingShown: "Every run is hidden",
  nothingShownHint: "Switch on the eye of a run in the list to draw it.",
  noMetricsTitle: "No metrics yet",
  noMetricsHint: "A chart appears here for every number that a run logs:",
};

export const chart = {
  step: (value: string) => `Step ${value}`,
  exact: "exact",
  exactHint: "Every logged point is drawn",
  bucketed: (ratio: string) => `1 : ${ratio}, min–max`,
  bucketedHint:
    "Each point stands for this many logged values: the line is their mean, the band runs from the smallest to the largest. Zoom in for exact points.",
  noValues: "No values in this range",
  noValuesLog: "No values above zero for a log axis",
  failed: "Could not load this chart.",
  stale: "not updated",
  staleHint:
    "The server did not answer for this chart; what is drawn is from before. Click to try again.",
  label: (key: string, runs: number) => `${key}, line chart of ${plural(runs, "run", "runs")}`,
  moreAbove: (n: number) => `${n} above`,
  moreBelow: (n: number) => `${n} below`,
  expand: "Enlarge",
  shrink: "Back to the grid",
};
