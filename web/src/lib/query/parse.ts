/** Texts of the filter language to trees. The server's: domain/filter_reader.py, filter_grammar.py. */

import { escapePattern, functionOf, methodOf, unknownField, wordAfter } from "./hints";
import { printKey, quote } from "./print";
import { BadQuery, readInstant, scan, shown, type Token } from "./tokens";
import {
  AGGREGATES,
  type Filter,
  fieldOf,
  type Key,
  kindOf,
  type Mistake,
  type Op,
  RUN_FIELDS,
  type SortKey,
  type Time,
  type Value,
} from "./types";

export type Parsed<T> = { value: T; mistake: null } | { value: null; mistake: Mistake };

const MAX_CHARS = 10_000;
const MAX_SORT_KEYS = 8;
const MAX_NESTING = 50;
const MAX_CONDITIONS = 500;

const MIRRORED: Readonly<Record<Op, Op>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};
const BARE = /^-?[0-9][0-9._]*(?:e[+-]?[0-9]+|[smhdw])?$/;

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
  readonly #written = new Map<string, string>();

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
    const { start } = this.#here();
    const key = this.#key(wanted);
    this.#written.set(printKey(key), this.#text.slice(start, this.#before()));
    return key;
  }

  #key(wanted: string): Key {
    const token = this.#here();
    if (token.kind !== "key") throw this.#error(token, `expected ${wanted}, found ${shown(token)}`);
    const { source, path, spell } = token;
    const isCalled = this.#isSign("(", 1);
    const meant = isCalled ? methodOf(spell, this.#peek(2)) : null;
    if (meant !== null) throw this.#error(token, meant);
    if (source === "run" && isCalled) return this.#ofHistory();
    this.#next();
    if (source === "history") {
      const why = `a run has many values of ${spell}: write last(${spell}), or another of`;
      throw this.#error(token, `${why} ${AGGREGATES.join(", ")}`);
    }
    if (source !== "run") return { source, path };
    const field = fieldOf(path);
    if (Object.hasOwn(RUN_FIELDS, field)) return { source, path: field };
    throw this.#error(token, unknownField(path, this.#partAfter(path)));
  }

  /** A key that was read, as it was written. */
  #spelled(key: Key): string {
    return this.#written.get(printKey(key)) ?? printKey(key);
  }

  /** The text in quotes that follows a word as a part of it: `df["lr"]`, `params."lr"`. */
  #partAfter(path: string): string | null {
    const isIndexed = this.#isSign("[");
    const quoted = this.#peek(isIndexed ? 1 : 0);
    return isIndexed || path.endsWith(".") ? textOf(quoted) : null;
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
    const hint = token.spell === "~" ? "; did you mean `not`?" : "";
    const why = "expected a condition such as config.lr < 0.1, found";
    throw this.#error(token, `${why} ${shown(token)}${hint}`);
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
    const kind = kindOf(key);
    if (token.kind !== "value" || typeof token.value !== "string")
      throw this.#error(
        token,
        kind === null
          ? `what is in the list ${this.#spelled(key)} cannot be asked for`
          : "what is looked for is a text: write it in quotes",
      );
    if (kind === "tags") return { is: "tag", tag: token.value };
    if (kind === "text") return { is: "matches", key, pattern: escapePattern(token.value) };
    const name = this.#spelled(key);
    throw this.#error(
      place,
      kind === null
        ? `"…" in … is for tags and texts of the run; write ${name} ~ ${quote(escapePattern(token.value))}`
        : `\`${name}\` is no text, so nothing can be in it`,
    );
  }

  #keyFirst(): Filter {
    this.#checkQuotes();
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
      throw this.#errorAfterKey(key);
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

  /** Refuses `baseline in tags`: a word without quotes, looked for in a field. */
  #checkQuotes(): void {
    const word = this.#here();
    const isNot = this.#isWord("not", 1);
    const where = this.#peek(isNot ? 3 : 2);
    if (word.kind !== "key" || word.source !== "run" || where.kind !== "key") return;
    if (Object.hasOwn(RUN_FIELDS, fieldOf(word.path)) || !this.#isWord("in", isNot ? 2 : 1)) return;
    const meant = `${quote(word.path)} ${isNot ? "not in" : "in"} ${where.spell}`;
    throw this.#error(word, `write texts in quotes: ${meant}`);
  }

  #errorAfterKey(key: Key): BadQuery {
    const token = this.#here();
    const name = this.#spelled(key);
    const kind = kindOf(key);
    if (token.kind === "key") {
      const after = [this.#peek(1), this.#peek(2), this.#peek(3)] as const;
      const meant = wordAfter(name, kind, token.spell, after);
      if (meant !== null) return this.#error(token, meant);
    }
    const isAlone = token.kind === "end" || ["and", "or", ")"].includes(token.spell);
    const hint = `; write ${name} == true, or exists(${name}) for any value`;
    const why = `expected a comparison after ${name}, found ${shown(token)}`;
    return this.#error(token, why + (kind === null && isAlone ? hint : ""));
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
    if (token.kind === "sign" && token.spell === "[")
      throw this.#error(
        token,
        "lists are equal to nothing; for one of several values write in [1, 2]",
      );
    throw this.#error(token, `expected a value after ${after}, found ${shown(token)}`);
  }

  #compare(key: Key, op: Op, token: Token): Filter {
    const kind = kindOf(key);
    if (kind === "tags") {
      const tag = quote(textOf(token) ?? token.spell);
      throw this.#error(token, `tags are asked with ${tag} ${op === "!=" ? "not in" : "in"} tags`);
    }
    const value = this.#value(key, token);
    if (kind === "true or false" && op !== "==" && op !== "!=")
      throw this.#error(token, "true and false have no order: write == or !=");
    return { is: "compare", key, op, value };
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
      throw this.#error(
        token,
        `\`${this.#spelled(key)}\` is no text, so no pattern can be found in it`,
      );
    const found: Filter = { is: "matches", key, pattern: token.value };
    return isNot ? not(found) : found;
  }

  #value(key: Key, token: Token): Value {
    const kind = kindOf(key);
    if (kind === "time") return this.#time(key, token);
    const name = `\`${this.#spelled(key)}\``;
    if (token.kind !== "value") {
      const value = token.kind === "time" ? token.value : null;
      if (key.source === "run" && key.path === "duration_s") {
        if (typeof value === "number") return value;
        throw this.#error(token, `${name} is how long a run took: write 2h, or seconds`);
      }
      throw this.#error(token, `${name} is no time; write texts in quotes`);
    }
    const { value, spell } = token;
    if (kind === "text" && typeof value !== "string")
      throw this.#error(token, `${name} is a text: write it in quotes, ${quote(spell)}`);
    if (kind === "number" && typeof value !== "number") {
      const meant = typeof value === "string" && BARE.test(value) ? value : "a number";
      throw this.#error(token, `${name} is a number: write ${meant} without quotes`);
    }
    if (kind === "true or false" && typeof value !== "boolean")
      throw this.#error(token, `${name} is true or false: write one of these words`);
    return value;
  }

  #time(key: Key, token: Token): Time {
    if (token.kind === "time") {
      if (typeof token.value === "object") return token.value;
      throw this.#error(token, `write -${token.spell} for so long ago`);
    }
    const instant = readInstant(textOf(token) ?? "");
    if (instant) return instant;
    const why = `\`${this.#spelled(key)}\` is a time: write -7d, 2026-11-22 or 2026-11-22T04:18:00Z`;
    throw this.#error(token, why);
  }

  #ofHistory(): Key {
    const name = this.#next();
    this.#take("(");
    const lower = name.spell.toLowerCase();
    const aggregate = AGGREGATES.find((one) => one === lower);
    if (aggregate === undefined) {
      const argument = this.#peek(this.#isSign(",", 1) ? 2 : 1);
      const why = `of a history there are ${AGGREGATES.join(", ")}, and no ${name.spell}`;
      throw this.#error(name, functionOf(lower, this.#here(), argument) ?? why);
    }
    const key = this.#next();
    if (key.kind !== "key" || key.source !== "history") {
      const path = key.kind === "key" ? key.path : "loss";
      const meant = printKey({ source: "history", path, aggregate });
      throw this.#error(key, `${aggregate} is of a key of the history: write ${meant}`);
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

function textOf(token: Token): string | null {
  return token.kind === "value" && typeof token.value === "string" ? token.value : null;
}

function isOp(text: string): text is Op {
  return Object.hasOwn(MIRRORED, text);
}
