/**
 * What a person types above a list of runs: words to look for, or a condition in the filter
 * language (docs/filters.md). Only the server reads conditions; here they are told from words.
 */

const FIELDS =
  "id|name|state|created_at|heartbeat_at|finished_at|duration_s|user|group|job_type|tags|notes|" +
  "host|program|commit|remote|sweep|exit_code|stop_requested";
const DOCUMENT = String.raw`(?:config|summary)(?:\.[^\s()[\],<>=!~"'&|]+|\[[^\]]*\])+`;
const KEY = `(?:${FIELDS}|${DOCUMENT})`;
const COMPARISON = String.raw`(?:\s*[<>~=!]|\s+(?:not\s+)?in\b|\s+is\b)`;
const VALUE = String.raw`(?:"[^"]*"|'[^']*'|[-+]?[\d.][\w.+-]*)`;
const CONDITION = new RegExp(
  String.raw`^[\s(]*(?:not[\s(]+)*(?:${KEY}${COMPARISON}|${VALUE}\s*(?:[<>=!]|(?:not\s+)?in\s))`,
);

/** Whether a text begins as a condition does: a key that runs have, and a comparison. */
export function isCondition(text: string): boolean {
  return CONDITION.test(text);
}

/** The condition that finds runs by their ids. */
export function idIn(ids: readonly string[]): string {
  return `id in [${ids.map((id) => JSON.stringify(id)).join(", ")}]`;
}

/** Both conditions; an empty one asks for nothing. */
export function both(one: string, other: string): string {
  if (one === "" || other === "") return one + other;
  return `(${one}) and ${other}`;
}
