/**
 * The search part of addresses: plain text values, no JSON, so that a link can
 * be read, shortened and written by hand.
 */
import type { ViewText } from "@/features/workspace/view-text";
import { joinTexts, splitTexts } from "@/lib/text-list";

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string") query.set(name, value);
  }
  // Legal in a query as they are; escaped they only make links ugly.
  const text = query.toString().replaceAll(/%2C|%2F|%3A|%3B|%7E/g, decodeURIComponent);
  return text === "" ? "" : `?${text}`;
}

/** Keeps the known names of a search part and forgets the rest. */
export function readSearch<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [name in Name]?: string | undefined } => {
    const read: { [name in Name]?: string | undefined } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === "string") read[name] = value;
    }
    return read;
  };
}

export interface ChartSearch extends ViewText {
  charts?: string | undefined;
  fold?: string | undefined;
}

export function readFolds({ fold }: ChartSearch): ReadonlySet<string> {
  return new Set(splitTexts(fold));
}

export function toggleFold(folds: ReadonlySet<string>, section: string): string | undefined {
  const next = new Set(folds);
  if (!next.delete(section)) next.add(section);
  return joinTexts(next) || undefined;
}
