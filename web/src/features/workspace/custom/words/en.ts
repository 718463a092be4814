/** Words of custom charts, which come with the first of them. */
import { formatInteger } from "@/lib/format";
import { plural } from "@/lib/messages/en/plural";

export const en = {
  label: (title: string, kind: string, runs: number) =>
    `${title}: ${kind} of ${plural(runs, "run", "runs")}. Arrow keys read its values.`,
  kinds: {
    line: "line chart",
    lineseries: "line chart",
    scatter: "scatter plot",
    area: "curves",
    bar: "bar chart",
    histogram: "histogram",
    matrix: "confusion matrix",
  },
  rows: (shown: number, all: number) => `${formatInteger(shown)} of ${formatInteger(all)} rows`,
  rowsHint: "The table is long: evenly chosen rows of it are drawn.",
  runs: (shown: number, all: number) => `${formatInteger(shown)} of ${formatInteger(all)} runs`,
  runsHint: "The newest of the visible runs are drawn. Hide some to see others.",
  unknown: (name: string) => `${name} is not a chart that is drawn here; this is its table.`,
  noColumns: "The tables of these runs lack the columns that the chart is drawn from.",
  noRows: "The table has no rows.",
  noTable: "None of the visible runs has logged this table.",
  failed: "The table could not be read",
  values: "Values",
  counts: "Counts",
  shares: "Shares",
  showTable: "Show the table",
  showChart: "Show the chart",
  stepOf: (key: string) => `Step of ${key}`,
  runOf: (key: string) => `Run of ${key}`,
  sideBySide: "Side by side",
  area: (area: string) => `area ${area}`,
  actual: "Actual",
  predicted: "Predicted",
  count: "Count",
  share: "Share of actual",
  more: (n: number) => `+ ${formatInteger(n)} more`,
};

export type Words = typeof en;
