/** Captured output of a run: windows of it by position, text in it, all of it as a file. */
import type { RunRef } from "./client";
import { apiUrl, getJson, runPath, withQuery } from "./transport";
import type { ConsoleMatches, ConsoleWindow } from "./types";

export interface ReadConsole {
  /** Only its lines; undefined for those of all, in order of time. */
  writer?: string | undefined;
  start: number;
  limit: number;
}

export interface SearchConsole {
  writer?: string | undefined;
  /** Position from which on is looked. */
  after: number;
  limit: number;
  text: string;
  isPattern: boolean;
  isCaseSensitive: boolean;
  /** Only lines of the error stream. */
  isErrorOnly: boolean;
}

export interface ConsoleClient {
  readConsole(ref: RunRef, query: ReadConsole, signal?: AbortSignal): Promise<ConsoleWindow>;
  searchConsole(ref: RunRef, query: SearchConsole, signal?: AbortSignal): Promise<ConsoleMatches>;
  /** Where the whole of it can be saved from. */
  consoleUrl(ref: RunRef, writer: string | undefined): string;
}

export const httpConsole: ConsoleClient = {
  readConsole(ref, { writer, start, limit }, signal) {
    const query = queryOf(writer, { start: String(start), limit: String(limit) });
    return getJson<ConsoleWindow>(`${runPath(ref)}/console${query}`, signal);
  },
  searchConsole(ref, asked, signal) {
    const query = queryOf(asked.writer, {
      q: asked.text,
      after: String(asked.after),
      limit: String(asked.limit),
      ...(asked.isPattern && { regex: "true" }),
      ...(asked.isCaseSensitive && { case: "true" }),
      ...(asked.isErrorOnly && { level: "error" }),
    });
    return getJson<ConsoleMatches>(`${runPath(ref)}/console/search${query}`, signal);
  },
  consoleUrl: (ref, writer) => apiUrl(`${runPath(ref)}/console/download${queryOf(writer, {})}`),
};

function queryOf(writer: string | undefined, rest: Record<string, string>): string {
  // The only writer of a run has an empty name: that is a name, too.
  return withQuery(new URLSearchParams(writer === undefined ? rest : { writer, ...rest }));
}
