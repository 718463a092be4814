/** Keys of what a run has, in the words of the filter language: `name`, `config.lr`. */

import { AGGREGATES, type Key, type Source } from "@/lib/query/types";

const PLAIN_PATH = /^[^\s()[\],<>=!~"'&|]+$/;
const DOCUMENT = /^(config|summary|history)(?:\.(.*)|\[(.*)\])$/su;
const OF_HISTORY = /^(first|last|min|max|mean|count)\((.*)\)$/su;

/** `config.lr`, `config["with spaces"]`, `min(history.loss)`. */
export function printKey({ source, path, aggregate }: Key): string {
  if (source === "run") return path;
  const text = PLAIN_PATH.test(path) ? `${source}.${path}` : `${source}[${JSON.stringify(path)}]`;
  return aggregate === undefined ? text : `${aggregate}(${text})`;
}

export function readKey(text: string): Key {
  const [, aggregate, inner] = OF_HISTORY.exec(text) ?? [];
  const [, source, plain, quoted] = DOCUMENT.exec(inner ?? text) ?? [];
  const path = plain ?? unquote(quoted ?? "");
  if (source === "config" || source === "summary") return { source, path };
  const known = AGGREGATES.find((one) => one === aggregate);
  if (source === "history" && known) return { source, path, aggregate: known };
  return { source: "run", path: text };
}

/** The keys that a column of the server stands for: a metric is asked for by an aggregate. */
export function keysOf({ source, path }: { source: Source; path: string }): readonly string[] {
  if (source !== "history") return [printKey({ source, path })];
  return (["min", "max"] as const).map((aggregate) => printKey({ source, path, aggregate }));
}

/** A key without where it is from: `lr`, `min(loss)`. */
export function pathOf(text: string): string {
  const { path, aggregate } = readKey(text);
  return aggregate === undefined ? path : `${aggregate}(${path})`;
}

/** Those keys that have the same path as another one, elsewhere. */
export function doubledKeys(keys: readonly string[]): Set<string> {
  const byPath = new Map<string, string[]>();
  for (const key of keys) {
    const path = pathOf(key);
    byPath.set(path, [...(byPath.get(path) ?? []), key]);
  }
  return new Set([...byPath.values()].flatMap((same) => (same.length > 1 ? same : [])));
}

function unquote(text: string): string {
  try {
    const path: unknown = JSON.parse(text);
    return typeof path === "string" ? path : text;
  } catch {
    return text;
  }
}
