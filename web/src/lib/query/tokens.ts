/** The words of the filter language, with their places. The server's: domain/filter_tokens.py. */

import type { Source, Time, Unit, Value } from "./types";

/** `spell` is how it is written for messages; operators and words have one spelling. */
export type Token = { start: number; end: number; spell: string } & (
  | { kind: "key"; source: Source; path: string }
  | { kind: "value"; value: Exclude<Value, Time> }
  /** An instant, so long before now, or a bare duration in seconds. */
  | { kind: "time"; value: Time | number }
  | { kind: "word" | "operator" | "sign" | "end" }
);

export class BadQuery extends Error {
  readonly start: number;
  readonly end: number;

  constructor(reason: string, start: number, end: number) {
    super(reason);
    this.start = start;
    this.end = end;
  }
}

export function shown({ kind, spell }: Token): string {
  return kind === "end" ? "the end" : `\`${spell}\``;
}

const BLANK = " \\t-\\r\\xa0\\u2000-\\u200a\\u3000";
const PART = `[^${BLANK}()\\[\\],<>=!~"'&|]+`;
const DIGITS = "[0-9]+(?:_[0-9]+)*";
const DECIMAL = `(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?[0-9]+)?`;
const HOURS = "(?:[01][0-9]|2[0-3])";
const SIXTY = "[0-5][0-9]";

const sticky = (source: string) => new RegExp(source, "yu");

const SPACE = sticky(`[${BLANK}]+`);
const PATH = sticky(`\\.(${PART})`);
const WORD = sticky(`(?=[A-Za-z_\\x80-\\u{10ffff}])${PART}`);
const DOCUMENT = sticky(
  `(?:[Cc][Oo][Nn][Ff][Ii][Gg]|[Ss][Uu][Mm][Mm][Aa][Rr][Yy]|[Hh][Ii][Ss][Tt][Oo][Rr][Yy])(?=\\.|\\[|(?!${PART}))`,
);
const NUMBER = sticky(`[+-]?(?:${DECIMAL}|(?:inf|nan|Infinity|NaN)(?!${PART}))`);
const REST = sticky(PART);
const DURATION = sticky(`(-?)(${DECIMAL})([smhdw])(?!${PART})`);
const NOW = sticky(`[Nn][Oo][Ww](?:[${BLANK}]*-[${BLANK}]*(${DECIMAL})([smhdw]))?(?!${PART})`);
const DATE = sticky(`[0-9]{4}-[0-9]{2}(?:${PART})?`);
const OPERATOR = sticky("==|!=|<=|>=|!~|<>|=~|&&|\\|\\||[<>=~]");
const SIGN = sticky("[()[\\],+\\-]");
const INSTANT = new RegExp(
  `^([0-9]{4}-[0-9]{2}-[0-9]{2})` +
    `(?:[Tt ](${HOURS}:${SIXTY})(?::(${SIXTY})(?:\\.([0-9]{1,9}))?)?` +
    `(?:[Zz]|([+-])(${HOURS}):?(${SIXTY}))?)?$`,
);
const ONE_SPELLING: Readonly<Record<string, string>> = { "=": "==", "<>": "!=", "=~": "~" };
const WORDS: readonly string[] = ["and", "or", "not", "in", "is", "none", "null"];
const HINTS: Readonly<Record<string, string>> = { "&": "and", "|": "or", "!": "not" };
const ESCAPED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
const HEX: Readonly<Record<string, number>> = { u: 4, x: 2, U: 8 };
const UNIT_S: Readonly<Record<Unit, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
const MAX_AGO_S = 100 * 365 * 86400;

/** The tokens of a text; the last one is its end. */
export function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (true) {
    at += match(SPACE, text, at)?.[0].length ?? 0;
    if (at >= text.length) {
      tokens.push({ kind: "end", start: text.length, end: text.length, spell: "" });
      return tokens;
    }
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
}

/** The instant of a date, or date and time, in ISO 8601; UTC unless it says otherwise. */
export function readInstant(text: string): Time | null {
  const [, date, minutes = "00:00", seconds = "00", fraction = "", sign, hours, mins] =
    INSTANT.exec(text) ?? [];
  if (date === undefined) return null;
  const local = new Date(`${date}T${minutes}:${seconds}Z`);
  // The 30th of February would be the 2nd of March.
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(date)) return null;
  const offset = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(mins));
  const utc = new Date(local.getTime() - offset * 60_000);
  const year = utc.getUTCFullYear();
  if (date.startsWith("0000") || year < 1 || year > 9999) return null;
  const micros = fraction.padEnd(6, "0").slice(0, 6);
  return { time: `${utc.toISOString().slice(0, 19)}${micros === "000000" ? "" : `.${micros}`}Z` };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readToken(text: string, start: number): Token {
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (char === '"' || char === "'") {
    const [value, end] = readString(text, start);
    return { kind: "value", start, end, spell: text.slice(start, end), value };
  }
  const date = match(DATE, text, start);
  if (date) return readDate(date[0], start);
  const [ago, minus, digits, unit] = match(DURATION, text, start) ?? [];
  if (ago !== undefined) return readDuration(ago, start, digits, unit, minus === "-");
  const [now, nowDigits, nowUnit] = match(NOW, text, start) ?? [];
  if (now !== undefined) return readDuration(now, start, nowDigits, nowUnit, true);
  const number = match(NUMBER, text, start)?.[0];
  if (number !== undefined) return readNumber(text, number, start);
  const operator = match(OPERATOR, text, start)?.[0];
  if (operator !== undefined) {
    const kind = operator === "&&" || operator === "||" ? "sign" : "operator";
    const spell = ONE_SPELLING[operator] ?? operator;
    return { kind, start, end: start + operator.length, spell };
  }
  if (match(SIGN, text, start)) return { kind: "sign", start, end: start + 1, spell: char };
  const document = match(DOCUMENT, text, start)?.[0];
  if (document !== undefined) return readDocumentKey(text, start, document);
  const word = match(WORD, text, start)?.[0];
  if (word !== undefined) return readWord(word, start);
  const meant = HINTS[char];
  let hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
  // What the filters of `wandb.Api()` begin with, which are JSON.
  if (char === "{" || char === "$")
    hint = '; write conditions such as state == "finished" and config.lr < 0.1';
  throw new BadQuery(`\`${char}\` means nothing here${hint}`, start, start + char.length);
}

function readWord(word: string, start: number): Token {
  const end = start + word.length;
  const lower = word.toLowerCase();
  if (lower === "true" || lower === "false")
    return { kind: "value", start, end, spell: word, value: lower === "true" };
  if (WORDS.includes(lower))
    return { kind: "word", start, end, spell: lower === "null" ? "none" : lower };
  return { kind: "key", start, end, spell: word, source: "run", path: word };
}

function readDocumentKey(text: string, start: number, name: string): Token {
  const lower = name.toLowerCase();
  const source = lower === "config" || lower === "summary" ? lower : "history";
  const parts: string[] = [];
  let end = start + name.length;
  while (true) {
    const [plain, part] = match(PATH, text, end) ?? [];
    if (plain !== undefined && part !== undefined) {
      parts.push(part);
      end += plain.length;
    } else if (text[end] === "[") {
      if (text[end + 1] !== '"' && text[end + 1] !== "'")
        throw new BadQuery(`write ${source}["key"], the key in quotes`, end, end + 1);
      const [quoted, closing] = readString(text, end + 1);
      if (text[closing] !== "]") throw new BadQuery("this [ is never closed", end, closing);
      parts.push(quoted);
      end = closing + 1;
    } else break;
  }
  if (parts.length === 0) {
    const why = `write which key of the ${source}: ${source}.key or ${source}["any key"]`;
    throw new BadQuery(why, start, end);
  }
  return { kind: "key", start, end, spell: text.slice(start, end), source, path: parts.join(".") };
}

function readDate(text: string, start: number): Token {
  const end = start + text.length;
  const value = readInstant(text);
  if (value) return { kind: "time", start, end, spell: text, value };
  const why = `${text} is no date; write 2026-11-22 or 2026-11-22T04:18:00Z`;
  throw new BadQuery(why, start, end);
}

function readDuration(
  text: string,
  start: number,
  digits = "0",
  unitText = "s",
  isAgo: boolean,
): Token {
  const end = start + text.length;
  const unit = UNITS.find((one) => one === unitText) ?? "s";
  const ago = toNumber(digits);
  const seconds = ago * UNIT_S[unit];
  if (seconds > MAX_AGO_S) throw new BadQuery("that is more than 100 years", start, end);
  return { kind: "time", start, end, spell: text, value: isAgo ? { ago, unit } : seconds };
}

const UNITS: readonly Unit[] = ["s", "m", "h", "d", "w"];

function readNumber(text: string, spell: string, start: number): Token {
  const end = start + spell.length;
  const rest = match(REST, text, end)?.[0];
  if (rest === undefined) return { kind: "value", start, end, spell, value: toNumber(spell) };
  const why = `${spell}${rest} is no number; write texts in quotes, and times as -7d`;
  throw new BadQuery(`${why} (units are s, m, h, d, w)`, start, end + rest.length);
}

function toNumber(text: string): number {
  const word = text.replace(/^[+-]/, "").toLowerCase();
  if (word === "nan") return Number.NaN;
  if (word.startsWith("inf")) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text.replaceAll("_", ""));
}

/** The text between quotes that begins at `start`, and the place after it. */
function readString(text: string, start: number): [string, number] {
  const quote = text[start];
  let value = "";
  let at = start + 1;
  while (at < text.length) {
    let char = text[at] ?? "";
    at += 1;
    if (char === quote) return [value, at];
    if (char === "\\" && at < text.length) {
      char = text[at] ?? "";
      at += 1;
      const width = HEX[char];
      if (width !== undefined) {
        const digits = text.slice(at, at + width);
        const code = /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : Infinity;
        if (digits.length < width || code > 0x10ffff)
          throw new BadQuery(
            "this escape is not complete",
            at - 2,
            Math.min(at + width, text.length),
          );
        char = String.fromCodePoint(code);
        at += width;
      } else if (!"\\\"'/".includes(char)) {
        // An unknown escape stays, so that "\d+" is a pattern.
        char = ESCAPED[char] ?? `\\${char}`;
      }
    }
    value += char;
  }
  throw new BadQuery("this quote is never closed", start, start + 1);
}
