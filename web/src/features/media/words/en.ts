/** Words of media of several runs, which come with the first of them. */
import { formatInteger } from "@/lib/format";

export const en = {
  runs: (shown: number, all: number) => `${formatInteger(shown)} of ${formatInteger(all)} runs`,
  runsHint: "The newest of the visible runs are shown. Hide some to see others.",
  none: "None of the visible runs has logged this.",
  notYet: "Nothing up to this step",
  more: (n: number) => `+ ${formatInteger(n)} more`,
};

export type Words = typeof en;
