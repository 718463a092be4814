/** Finding projects and runs by name, anywhere. */
import type { components } from "./generated/schema";
import { getJson, withQuery } from "./transport";

export type SearchAnswer = components["schemas"]["SearchAnswer"];
export type FoundProject = components["schemas"]["FoundProject"];
export type FoundRun = components["schemas"]["FoundRun"];

export interface SearchClient {
  /** The best first; each word has to be in a name. */
  search(text: string, signal?: AbortSignal): Promise<SearchAnswer>;
}

const MAX_FOUND = 20;

export const httpSearch: SearchClient = {
  search: (text, signal) => {
    const query = new URLSearchParams({ q: text, limit: String(MAX_FOUND) });
    return getJson<SearchAnswer>(`/search${withQuery(query)}`, signal);
  },
};
