/** The keys that runs have logged. There may be a hundred thousand: what is known is not sent again. */
import type { ProjectRef } from "./client";
import { projectPath, send, withQuery } from "./transport";
import type { KeyNames, MetricKey, Stream } from "./types";

interface KnownKeys {
  etag: string;
  keys: MetricKey[];
}

/** So many lists are remembered: of the page that is open, and of those looked at before. */
const MAX_KNOWN = 8;

export class KeyLists {
  readonly #known = new Map<string, KnownKeys>();

  /** @returns The very same list as before where nothing has changed. */
  async load(ref: ProjectRef, runs: readonly string[], stream: Stream): Promise<MetricKey[]> {
    const query = new URLSearchParams(runs.map((run) => ["run", run]));
    if (stream === "system") query.set("stream", stream);
    const path = `${projectPath(ref)}/keys/names${withQuery(query)}`;
    const known = this.#known.get(path);
    const response = await send("GET", path, { known: known?.etag });
    if (known && response.status === 304) return known.keys;
    const names: KeyNames = await response.json();
    const keys = keysOf(names);
    this.#remember(path, { etag: response.headers.get("ETag") ?? "", keys });
    return keys;
  }

  #remember(path: string, known: KnownKeys): void {
    this.#known.delete(path);
    this.#known.set(path, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

const PLAIN = { kind: "number", x: null, hidden: false, better: null } as const;

export function keysOf({ names, manners, manner_of }: KeyNames): MetricKey[] {
  return names.map((name, i) => {
    const { kind, x, hidden, better } = manners[manner_of[i] ?? 0] ?? PLAIN;
    return { name, kind, x, hidden, better };
  });
}
