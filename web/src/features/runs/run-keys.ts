/** Keys of what a run has, in the words of the filter language: `name`, `config.lr`. */

export type RunKeySource = "run" | "config" | "summary" | "history";

export interface RunKey {
  source: RunKeySource;
  path: string;
}

const PLAIN_PATH = /^[^\s()[\],<>=!~"'&|]+$/;
const DOCUMENT = /^(config|summary)(?:\.(.*)|\[(.*)\])$/su;

/** The key of a value in a document: `config.lr`, or `config["with spaces"]`. */
export function printKey({ source, path }: RunKey): string {
  if (source === "run") return path;
  return PLAIN_PATH.test(path) ? `${source}.${path}` : `${source}[${JSON.stringify(path)}]`;
}

export function readKey(text: string): RunKey {
  const [, source, plain, quoted] = DOCUMENT.exec(text) ?? [];
  if (source !== "config" && source !== "summary") return { source: "run", path: text };
  return { source, path: plain ?? unquote(quoted ?? "") };
}

/** Those keys that have the same path as another one, elsewhere. */
export function doubledKeys(keys: readonly string[]): Set<string> {
  const byPath = new Map<string, string[]>();
  for (const key of keys) {
    const { path } = readKey(key);
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
