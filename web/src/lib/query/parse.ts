/** Texts of the filter language to trees. The server's: domain/filter_reader.py, filter_grammar.py. */

import { closest } from "./closest";
import { printKey } from "./print";
import { BadQuery, readInstant, scan, shown, type Token } from "./tokens";
import {
  AGGREGATES,
  type Filter,
  type Key,
  kindOf,
  type Mistake,
  type Op,
  RUN_FIELDS,
  SHORT,
  type SortKey,
  type Time,
  type Value,
} from "./types";

export type Parsed<T> = { value: T; mistake: null } | { value: null; mistake: Mistake };

const MAX_CHARS = 10_000;
const MAX_SORT_KEYS = 8;
const MAX_NESTING = 50;
const MAX_CONDITIONS = 500;

/** What other tools call a field, in small letters without what is between them. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["displayname", "name"],
  ["runname", "name"],
  ["runid", "id"],
  ["username", "user"],
  ["runtime", "duration_s"],
  ["tag", "tags"],
  ["status", "state"],
]);
/** What other tools call a document, before a dot. */
const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ["cfg", "config"],
  ["params", "config"],
  ["param", "config"],
  ["hparams", "config"],
  ["metrics", "summary"],
  ["metric", "summary"],
]);
const MIRRORED: Readonly<Record<Op, Op>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};
const SPECIAL = /[\\^$.|?*+()[\]{}]/g;

/** An empty text lets everything through. */
export function parseFilter(text: string): Parsed<Filter> {
  return attempt(text, "filter", (reader) => reader.filter());
}

/** One key as filters and sort keys write it. */
export function parseKey(text: string): Parsed<Key> {
  return attempt(text, "key", (reader) => reader.only(() => reader.key("one key")));
}

/** Keys separated by commas; `-` before one sorts from high to low. */
export function parseSort(text: string): Parsed<SortKey[]> {
  return attempt(text, "text of the sort keys", (reader) => reader.sortKeys());
}

function attempt<T>(text: string, what: string, read: (reader: Reader) => T): Parsed<T> {
  try {
    const length = text.length > MAX_CHARS ? [...text].length : 0;
    if (length > MAX_CHARS) {
      const said = `the ${what} has ${thousands(length)} characters`;
      throw new BadQuery(`${said}; at most ${thousands(MAX_CHARS)} are allowed`, 0, text.length);
    }
    return { value: read(new Reader(text)), mistake: null };
  } catch (error) {
    if (!(error instanceof BadQuery)) throw error;
    const { message: reason, start, end } = error;
    return { value: null, mistake: { reason, start, end } };
  }
}

function thousands(count: number): string {
  return count.toLocaleString("en");
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #numConditions = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = scan(text);
  }

  filter(): Filter {
    if (this.#isEnd()) return { is: "and", terms: [] };
    const tree = this.#either();
    if (!this.#isEnd()) throw this.#errorAfterTerm("the end");
    return tree;
  }

  sortKeys(): SortKey[] {
    const keys: SortKey[] = [];
    while (!this.#isEnd()) {
      if (keys.length > 0) this.#expect(",", "separate sort keys with commas");
      if (keys.length === MAX_SORT_KEYS)
        throw this.#error(this.#here(), `there are more than ${MAX_SORT_KEYS} sort keys`);
      const isDescending = this.#take("-");
      if (!isDescending) this.#take("+");
      keys.push({ key: this.key("a key to sort by"), isDescending });
    }
    return keys;
  }

  only<T>(read: () => T): T {
    const found = read();
    if (!this.#isEnd())
      throw this.#error(this.#here(), `expected the end, found ${shown(this.#here())}`);
    return found;
  }

  key(wanted = "a key"): Key {
    const token = this.#here();
    if (token.kind !== "key") throw this.#error(token, `expected ${wanted}, found ${shown(token)}`);
    const { source, path, spell } = token;
    if (source === "run" && this.#isSign("(", 1)) return this.#ofHistory();
    this.#next();
    if (source === "history") {
      const why = `a run has many values of ${spell}: write last(${spell}), or another of`;
      throw this.#error(token, `${why} ${AGGREGATES.join(", ")}`);
    }
    if (source !== "run") return { source, path };
    const field = Object.hasOwn(SHORT, path) ? (SHORT[path] ?? path) : path;
    if (Object.hasOwn(RUN_FIELDS, field)) return { source, path: field };
    throw this.#error(token, unknownField(path));
  }

  // Grammar

  #either(): Filter {
    this.#depth += 1;
    if (this.#depth > MAX_NESTING)
      throw this.#error(this.#here(), `more than ${MAX_NESTING} levels of parentheses`);
    const terms = [this.#all()];
    while (this.#takeWord("or")) terms.push(this.#all());
    this.#depth -= 1;
    const [only] = terms;
    return terms.length === 1 && only ? only : { is: "or", terms };
  }

  #all(): Filter {
    const terms = [this.#maybeNot()];
    while (this.#takeWord("and")) terms.push(this.#maybeNot());
    const [only] = terms;
    return terms.length === 1 && only ? only : { is: "and", terms };
  }

  #maybeNot(): Filter {
    let numNots = 0;
    while (this.#takeWord("not")) {
      numNots += 1;
      if (numNots > MAX_NESTING)
        throw this.#error(this.#here(), `more than ${MAX_NESTING} times \`not\``);
    }
    let term = this.#term();
    for (; numNots > 0; numNots -= 1) term = not(term);
    return term;
  }

  #term(): Filter {
    const token = this.#here();
    if (this.#take("(")) {
      const inner = this.#either();
      if (!this.#take(")")) throw this.#unclosed(token);
      return inner;
    }
    this.#numConditions += 1;
    if (this.#numConditions > MAX_CONDITIONS)
      throw this.#error(token, `more than ${MAX_CONDITIONS} conditions`);
    if (token.kind === "value" || token.kind === "time") return this.#valueFirst();
    if (token.kind === "key") {
      const isExists = token.path.toLowerCase() === "exists" && this.#isSign("(", 1);
      return isExists ? this.#exists() : this.#keyFirst();
    }
    throw this.#error(token, `expected a condition such as config.lr < 0.1, found ${shown(token)}`);
  }

  #exists(): Filter {
    const name = this.#next();
    this.#take("(");
    const key = this.key("a key, as in exists(config.lr)");
    this.#expect(")", `${shown(name)} takes one key and a )`);
    return { is: "exists", key };
  }

  #valueFirst(): Filter {
    const token = this.#next();
    const isNot = this.#isWord("not") && this.#isWord("in", 1);
    if (isNot) this.#next();
    if (this.#takeWord("in")) {
      const found = this.#within(token);
      return isNot ? not(found) : found;
    }
    const op = this.#comparison();
    if (op !== null) {
      const key = this.key();
      const first = this.#compare(key, MIRRORED[op], token);
      const second = this.#comparison();
      if (second === null) return first;
      const terms = [first, this.#compare(key, second, this.#valueToken(second))];
      return { is: "and", terms };
    }
    if (token.kind === "value" && typeof token.value === "boolean")
      return { is: token.value ? "and" : "or", terms: [] };
    throw this.#error(this.#here(), `expected a comparison after ${shown(token)}`);
  }

  /** `"part" in KEY`: one of the tags, or a part of a text. */
  #within(token: Token): Filter {
    const place = this.#here();
    const key = this.key();
    if (token.kind !== "value" || typeof token.value !== "string")
      throw this.#error(token, "what is looked for is a text: write it in quotes");
    const kind = kindOf(key);
    if (kind === "tags") return { is: "tag", tag: token.value };
    if (kind === "text")
      return { is: "matches", key, pattern: token.value.replace(SPECIAL, "\\$&") };
    const name = printKey(key);
    throw this.#error(
      place,
      kind === null
        ? `"…" in … is for tags and texts of the run; write ${name} ~ "part"`
        : `${name} is no text, so nothing can be in it`,
    );
  }

  #keyFirst(): Filter {
    const place = this.#here();
    const key = this.key();
    if (this.#takeWord("is")) {
      const isThere = this.#takeWord("not");
      if (!this.#takeWord("none")) {
        const why = "only `is None` and `is not None` can be asked; for values write ==";
        throw this.#error(this.#here(), why);
      }
      return exists(key, isThere);
    }
    if (this.#isWord("not") && this.#isWord("in", 1)) {
      this.#at += 2;
      return not(this.#in(key));
    }
    if (this.#takeWord("in")) return this.#in(key);
    const token = this.#here();
    if (token.kind !== "operator") {
      if (kindOf(key) === "true or false") return { is: "compare", key, op: "==", value: true };
      const name = this.#text.slice(place.start, this.#before());
      throw this.#error(token, `expected a comparison after ${name}, found ${shown(token)}`);
    }
    const op = this.#comparison();
    if (op === null) {
      this.#next();
      return this.#matches(key, token.spell === "!~");
    }
    if ((op === "==" || op === "!=") && this.#takeWord("none")) return exists(key, op === "!=");
    const found = this.#compare(key, op, this.#valueToken(op));
    if (this.#comparison(true) === null) return found;
    const why = "a chain has its key in the middle: write 0.1 < config.lr < 0.2";
    throw this.#error(this.#here(), why);
  }

  /** The operator that comes next, passed over unless only looked at. */
  #comparison(isPeek = false): Op | null {
    const { kind, spell } = this.#here();
    if (kind !== "operator" || !isOp(spell)) return null;
    if (!isPeek) this.#at += 1;
    return spell;
  }

  #valueToken(after: string): Token {
    const token = this.#next();
    if (token.kind === "value" || token.kind === "time") return token;
    if (token.kind === "key")
      throw this.#error(
        token,
        token.source === "run"
          ? `write texts in quotes: "${token.spell}"`
          : `a key is compared with a value, and ${token.spell} is a key`,
      );
    throw this.#error(token, `expected a value after ${after}, found ${shown(token)}`);
  }

  #compare(key: Key, op: Op, token: Token): Filter {
    if (kindOf(key) === "tags") throw this.#error(token, 'tags are asked with "name" in tags');
    return { is: "compare", key, op, value: this.#value(key, token) };
  }

  #in(key: Key): Filter {
    const opening = this.#here();
    const closing = this.#take("(") ? ")" : "]";
    if (closing === "]") this.#expect("[", 'expected a list such as ["a", "b"]');
    if (kindOf(key) === "tags")
      throw this.#error(opening, 'tags are asked with "a" in tags or "b" in tags');
    const values: Value[] = [];
    while (!this.#take(closing)) {
      if (this.#isEnd()) throw this.#unclosed(opening);
      const isFirst = values.length === 0;
      if (!isFirst) {
        this.#expect(",", "separate the values with commas");
        if (this.#take(closing)) break;
      }
      values.push(this.#value(key, this.#valueToken(isFirst ? opening.spell : ",")));
    }
    return { is: "in", key, values };
  }

  #matches(key: Key, isNot: boolean): Filter {
    const token = this.#next();
    if (token.kind !== "value" || typeof token.value !== "string")
      throw this.#error(token, "a pattern is a text: write it in quotes");
    const kind = kindOf(key);
    if (kind !== null && kind !== "text" && kind !== "tags")
      throw this.#error(token, `${printKey(key)} is no text, so no pattern can be found in it`);
    const found: Filter = { is: "matches", key, pattern: token.value };
    return isNot ? not(found) : found;
  }

  #value(key: Key, token: Token): Value {
    const kind = kindOf(key);
    if (kind === "time") return this.#time(key, token);
    const name = printKey(key);
    if (token.kind !== "value") {
      const value = token.kind === "time" ? token.value : null;
      if (key.source === "run" && key.path === "duration_s" && typeof value === "number")
        return value;
      throw this.#error(token, `${name} is no time; write texts in quotes`);
    }
    const isText = typeof token.value === "string";
    if (kind === "text" && !isText)
      throw this.#error(token, `${name} is a text: write it in quotes`);
    if (kind !== null && kind !== "text" && isText)
      throw this.#error(
        token,
        `${name} is no text: write ${kind === "number" ? "a number" : kind} without quotes`,
      );
    return token.value;
  }

  #time(key: Key, token: Token): Time {
    if (token.kind === "time") {
      if (typeof token.value === "object") return token.value;
      throw this.#error(token, `write -${token.spell} for so long ago`);
    }
    const isText = token.kind === "value" && typeof token.value === "string";
    const instant = isText ? readInstant(String(token.value)) : null;
    if (instant) return instant;
    const why = `${printKey(key)} is a time: write -7d, 2026-11-22 or 2026-11-22T04:18:00Z`;
    throw this.#error(token, why);
  }

  #ofHistory(): Key {
    const name = this.#next();
    this.#take("(");
    const lower = name.spell.toLowerCase();
    const aggregate = AGGREGATES.find((one) => one === lower);
    if (aggregate === undefined)
      throw this.#error(
        name,
        `of a history there are ${AGGREGATES.join(", ")}, and no ${name.spell}`,
      );
    const key = this.#next();
    if (key.kind !== "key" || key.source !== "history") {
      const why = `${aggregate} is of a key of the history: write ${aggregate}(history.loss)`;
      throw this.#error(key, why);
    }
    this.#expect(")", `write ${aggregate}(${key.spell})`);
    return { source: "history", path: key.path, aggregate };
  }

  // Tokens

  #here(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (!token) throw new RangeError("a scanned text ends in a token");
    return token;
  }

  #before(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  #next(): Token {
    const token = this.#here();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  #isEnd(): boolean {
    return this.#here().kind === "end";
  }

  #isWord(word: string, ahead = 0): boolean {
    const { kind, spell } = this.#peek(ahead);
    return kind === "word" && spell === word;
  }

  #isSign(sign: string, ahead = 0): boolean {
    const { kind, spell } = this.#peek(ahead);
    return kind === "sign" && spell === sign;
  }

  #takeWord(word: string): boolean {
    const found = this.#isWord(word);
    if (found) this.#at += 1;
    return found;
  }

  #take(sign: string): boolean {
    const found = this.#isSign(sign);
    if (found) this.#at += 1;
    return found;
  }

  #expect(sign: string, why: string): void {
    if (!this.#take(sign)) throw this.#error(this.#here(), `${why}, found ${shown(this.#here())}`);
  }

  #unclosed(opening: Token): BadQuery {
    if (this.#isEnd()) return this.#error(opening, `this ${opening.spell} is never closed`);
    return this.#errorAfterTerm("`)`");
  }

  #errorAfterTerm(wanted: string): BadQuery {
    const token = this.#here();
    if (token.spell === "&&") return this.#error(token, "did you mean `and`?");
    if (token.spell === "||") return this.#error(token, "did you mean `or`?");
    if (token.spell === ")") return this.#error(token, "there is a ) without its (");
    return this.#error(token, `expected \`and\`, \`or\` or ${wanted}, found ${shown(token)}`);
  }

  #error({ start, end }: Token, reason: string): BadQuery {
    return new BadQuery(reason, start, end);
  }
}

function not(term: Filter): Filter {
  return { is: "not", term };
}

function exists(key: Key, isThere: boolean): Filter {
  return isThere ? { is: "exists", key } : not({ is: "exists", key });
}

function isOp(text: string): text is Op {
  return Object.hasOwn(MIRRORED, text);
}

function unknownField(name: string): string {
  const meant =
    meantBy(name) ??
    (["config", "summary"] as const)
      .map((source) => printKey({ source, path: name }))
      .join("` or `");
  return `unknown run field ${name}; did you mean \`${meant}\`?`;
}

function meantBy(name: string): string | null {
  const dot = name.indexOf(".");
  const head = dot < 0 ? name : name.slice(0, dot);
  const path = dot < 0 ? "" : name.slice(dot + 1);
  if ((head === "run" || head === "runs") && Object.hasOwn(RUN_FIELDS, path)) return path;
  const field =
    ELSEWHERE.get(name.replaceAll("_", "").toLowerCase()) ?? closest(name, Object.keys(RUN_FIELDS));
  if (field !== null) return field;
  const document = DOCUMENTS.get(head) ?? closest(head, ["config", "summary"]);
  if (document === null || path === "") return document;
  return printKey({ source: document === "config" ? "config" : "summary", path });
}
