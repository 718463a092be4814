/**
 * What a person types above a list of runs: words to look for, or a condition in the filter
 * language (docs/filters.md). Here conditions are told from words; `filter-language.ts` reads them.
 */

import { AGGREGATES, RUN_FIELDS, SHORT } from "@/lib/query/types";

const PART = String.raw`[^\s()[\],<>=!~"'&|]+`;
const FIELD = [...Object.keys(RUN_FIELDS), ...Object.keys(SHORT)].join("|");
const DOCUMENT = String.raw`(?:config|summary|history)(?:\.${PART}|\[[^\]]*\])+`;
const KEY = String.raw`(?:${FIELD}|${DOCUMENT}|(?:${AGGREGATES.join("|")})\(\s*${DOCUMENT}\s*\))`;
const COMPARISON = String.raw`(?:\s*[<>~=!]|\s+(?:not\s+)?in\b|\s+is\b)`;
const TEXT = `(?:"[^"]*"|'[^']*')`;
const VALUE = String.raw`(?:${TEXT}|[-+]?[\d.][\w.+:-]*|now)`;
/** A word that is no key, compared with space around: it is said what may have been meant. */
const UNKNOWN = String.raw`[A-Za-z_]${PART}\s+(?:[<>]=?|[=!]=|!?~)(?=\s|$)`;
/** Where a key of a document or of the history begins, a condition is being written. */
const BEGINNING = String.raw`(?:(?:${AGGREGATES.join("|")})\(\s*)?(?:config|summary|history)[.[]`;
/** What SQL, pandas and MLflow would have here: it is said what to write. */
const ELSEWHERE =
  String.raw`(?:metrics|params|attributes)\.${PART}\s*[<>=!~]|[A-Za-z_]${PART}\s+(?:not\s+)?in\s+tags\b` +
  String.raw`|${KEY}\s+(?:i?like|contains|startswith|endswith|matches|between)\s`;
const CONDITION = new RegExp(
  String.raw`^[\s(]*(?:not[\s(]+)*` +
    String.raw`(?:${KEY}${COMPARISON}|${VALUE}\s*[<>=!]|${TEXT}\s*(?:not\s+)?in\s|exists\(|${BEGINNING}|${UNKNOWN}|${ELSEWHERE})`,
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
