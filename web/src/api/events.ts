/**
 * Changes pushed by the server (server-sent events), as plain callbacks.
 *
 * EventSource reconnects and sends Last-Event-ID by itself, but gives up after
 * some answers (a 502 from a restarting proxy), so a closed one is opened anew.
 */

import type { ChangedRun, HelloEvent, RunsEvent } from "./types";

export type LiveStatus = "connecting" | "live" | "offline";

export interface EventHandlers {
  onStatus: (status: LiveStatus) => void;
  /** They are new, changed, or deleted. */
  onRuns: (runs: ChangedRun[]) => void;
  /** The connection was lost and is back, and not all that happened between can be told. */
  onGap: () => void;
  /** The server said no: the session may have ended. It is asked again all the same. */
  onRefused: () => void;
}

const REOPEN_MS = 3000;

/** Listens until the returned function is called. */
export function listen(project: string | null, handlers: EventHandlers): () => void {
  const query = project === null ? "" : `?project=${encodeURIComponent(project)}`;
  let source: EventSource | null = null;
  let reopen: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;

  const open = () => {
    source = new EventSource(`/api/v1/events${query}`);
    source.addEventListener("hello", (event) => {
      handlers.onStatus("live");
      if (wasLost || readData<HelloEvent>(event.data)?.gap) handlers.onGap();
      wasLost = false;
    });
    source.addEventListener("runs", (event) => {
      handlers.onStatus("live");
      const news = readData<RunsEvent>(event.data);
      if (news?.gap) handlers.onGap();
      if (news) handlers.onRuns([...news.runs, ...news.deleted]);
    });
    source.addEventListener("error", () => {
      wasLost = true;
      handlers.onStatus("offline");
      if (source?.readyState !== EventSource.CLOSED) return;
      handlers.onRefused();
      clearTimeout(reopen);
      reopen = setTimeout(open, REOPEN_MS);
    });
  };

  handlers.onStatus("connecting");
  open();
  return () => {
    clearTimeout(reopen);
    source?.close();
  };
}

/** The OpenAPI document vouches for the shape. */
function readData<Event>(data: unknown): Event | null {
  return typeof data === "string" ? JSON.parse(data) : null;
}
