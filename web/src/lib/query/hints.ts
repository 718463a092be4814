/** What to write in place of what other tools understand. The server's: domain/filter_hints.py. */

import { closest } from "./closest";
import { printKey, quote } from "./print";
import type { Token } from "./tokens";
import { type FieldKind, fieldOf, RUN_FIELDS } from "./types";

/** What other tools call a field, in small letters without what is between them. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["displayname", "name"],
  ["runname", "name"],
  ["runid", "id"],
  ["username", "user"],
  ["userid", "user"],
  ["owner", "user"],
  ["author", "user"],
  ["runtime", "duration_s"],
  ["starttime", "created_at"],
  ["endtime", "finished_at"],
  ["tag", "tags"],
  ["labels", "tags"],
  ["status", "state"],
  ["hostname", "host"],
  ["groupname", "group"],
  ["description", "notes"],
  ["sweepname", "sweep"],
  ["sweepid", "sweep"],
]);
/** What other tools call a document, before a dot. */
const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ["cfg", "config"],
  ["params", "config"],
  ["param", "config"],
  ["parameters", "config"],
  ["hparams", "config"],
  ["metrics", "summary"],
  ["metric", "summary"],
  ["summary_metrics", "summary"],
  ["summaryMetrics", "summary"],
]);
/** What other tools write before a field, or before a document. */
const OF_A_RUN: readonly string[] = ["run", "runs", "df", "attributes", "attribute", "attr"];

const FINDS: readonly string[] = [
  "like",
  "ilike",
  "contains",
  "has",
  "includes",
  "startswith",
  "endswith",
  "matches",
  "match",
  "regexp",
  "rlike",
];
const MISSING: readonly string[] = ["isnull", "isna", "is_null", "isnone"];
const THERE: readonly string[] = ["notnull", "notna", "is_not_null", "exists", "isset", "defined"];
const INNER = /(?:\.(?:str|lower|upper|casefold))+$/;
const SPECIAL = /[\\^$.|?*+()[\]{}]/g;

/** The pattern that finds exactly `text`. */
export function escapePattern(text: string): string {
  return text.replace(SPECIAL, "\\$&");
}

/**
 * What is wrong with a word that is no field.
 *
 * @param part The text in quotes that follows it, as in `df["lr"]` and `params."lr"`.
 */
export function unknownField(name: string, part: string | null): string {
  if (name.includes("`"))
    return 'nothing is written in backticks here: write config["any key"], summary["any key"]';
  if (part === null) return `unknown run field ${name}; did you mean \`${meantBy(name)}\`?`;
  const head = name.replace(/\.$/, "");
  return `unknown run field ${head}; did you mean \`${meantBy(`${head}.${part}`)}\`?`;
}

function meantBy(name: string): string {
  const [head, path] = cut(name);
  if (OF_A_RUN.includes(head) && path !== "") {
    const [document, inner] = cut(path);
    if ((document === "config" || document === "summary") && inner !== "")
      return printKey({ source: document, path: inner });
    return Object.hasOwn(RUN_FIELDS, path) ? path : (fieldMeantBy(path) ?? either(path));
  }
  if ((head === "tags" || head === "tag") && path !== "") return '"…" in tags';
  const field = fieldMeantBy(name);
  if (field !== null) return field;
  const document = DOCUMENTS.get(head) ?? closest(head, ["config", "summary"]);
  if (document === null) return either(name);
  if (path === "") return document;
  return printKey({ source: document === "config" ? "config" : "summary", path });
}

function cut(name: string): [string, string] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
}

function fieldMeantBy(name: string): string | null {
  return (
    ELSEWHERE.get(name.replaceAll("_", "").toLowerCase()) ?? closest(name, Object.keys(RUN_FIELDS))
  );
}

function either(path: string): string {
  return (["config", "summary"] as const)
    .map((source) => printKey({ source, path }))
    .join("` or `");
}

/**
 * What to write in place of `KEY WORD …`, as in SQL; null for no idea.
 *
 * @param name The key as it was written.
 * @param after The three tokens after the word.
 */
export function wordAfter(
  name: string,
  kind: FieldKind | null,
  spell: string,
  after: readonly [Token, Token, Token],
): string | null {
  const word = spell.toLowerCase();
  const [first, second, third] = after;
  if (word === "between") {
    const isPair =
      isValue(first) && isValue(third) && second.kind === "word" && second.spell === "and";
    const [low, high] = isPair ? [first.spell, third.spell] : ["0.1", "0.2"];
    return `there is no \`${word}\`: write ${low} <= ${name} <= ${high}`;
  }
  const found = instead(name, kind, word, first);
  return found === null ? null : `there is no \`${word}\`: write ${found}`;
}

/** What to write in place of `KEY.METHOD(…)`, as in pandas; null for no idea. */
export function methodOf(written: string, argument: Token): string | null {
  const dot = written.lastIndexOf(".");
  if (dot < 0) return null;
  const name = written.slice(0, dot).replace(INNER, "");
  const method = written.slice(dot + 1).toLowerCase();
  const field = fieldOf(name);
  const isField = Object.hasOwn(RUN_FIELDS, field);
  if (!isField && !/^(?:config|summary)[.[]/i.test(name)) return null;
  const kind = isField ? (RUN_FIELDS[field] ?? null) : null;
  const found =
    method === "isin"
      ? `${name} in ["a", "b"]`
      : method === "between"
        ? `0.1 <= ${name} <= 0.2`
        : instead(name, kind, method, argument);
  return found === null ? null : `keys have no methods: write ${found}`;
}

/** What to write in place of `FUNCTION(KEY, …)`; null for no idea. */
export function functionOf(called: string, key: Token, argument: Token): string | null {
  if (key.kind !== "key") return null;
  const kind = key.source === "run" ? (RUN_FIELDS[fieldOf(key.path)] ?? null) : null;
  const found = ["has", "isset", "defined"].includes(called)
    ? `exists(${key.spell})`
    : called === "lower" || called === "upper"
      ? `${key.spell} ~ "(?i)…"`
      : instead(key.spell, kind, called, argument);
  return found === null ? null : `there is no ${called}(…): write ${found}`;
}

function isValue({ kind }: Token): boolean {
  return kind === "value" || kind === "time";
}

function instead(
  name: string,
  kind: FieldKind | null,
  word: string,
  argument: Token,
): string | null {
  if (MISSING.includes(word)) return `${name} is None`;
  if (THERE.includes(word)) return `${name} is not None`;
  if (word === "isnan") return `${name} == nan`;
  if (!FINDS.includes(word)) return null;
  const text = argument.kind === "value" ? argument.value : null;
  if (typeof text !== "string")
    return kind === "tags" ? `"…" in ${name}` : `${name} ~ "…", which is found anywhere`;
  const isWhole = kind === "text" && (word === "contains" || word === "includes");
  if (kind === "tags" || isWhole) return `${quote(text)} in ${name}`;
  return `${name} ~ ${quote(patternOf(word, text))}`;
}

function patternOf(word: string, text: string): string {
  switch (word) {
    case "like":
    case "ilike": {
      const begin = text.startsWith("%") ? "" : "^";
      const end = text.endsWith("%") ? "" : "$";
      const inner = escapePattern(text.replace(/^%+|%+$/g, ""))
        .replaceAll("%", ".*")
        .replaceAll("_", ".");
      return `${word === "ilike" ? "(?i)" : ""}${begin}${inner}${end}`;
    }
    case "startswith":
      return `^${escapePattern(text)}`;
    case "endswith":
      return `${escapePattern(text)}$`;
    case "contains":
    case "has":
    case "includes":
      return escapePattern(text);
    default:
      return text;
  }
}
