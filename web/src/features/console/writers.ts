/** Who wrote a line, where several processes report to one run. */
import type { ConsoleWriter } from "@/api/types";
import type { Catalogue } from "@/lib/messages/en";
import { RUN_COLOURS } from "@/lib/run-colour";
import type { Theme } from "@/lib/theme";

export function writerName({ writer, label }: ConsoleWriter, m: Catalogue): string {
  return label || writer || m.console.mainWriter;
}

/** Nothing where there is but one: then nobody needs telling apart. */
export function writerLooks(writers: readonly ConsoleWriter[], theme: Theme, m: Catalogue) {
  const looks = new Map<string, { colour: string; name: string }>();
  if (writers.length < 2) return looks;
  for (const [i, one] of writers.entries()) {
    const colour = RUN_COLOURS[i % RUN_COLOURS.length]?.[theme] ?? "";
    looks.set(one.writer, { colour, name: writerName(one, m) });
  }
  return looks;
}
