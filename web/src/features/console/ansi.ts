/**
 * One line of terminal output as styled text. Pure.
 *
 * A line is played as a terminal would: a carriage return goes back to its beginning and what
 * follows overwrites, so that a progress bar shows its last state; colours and weights are kept;
 * whatever moves the cursor to other lines, sets titles or rings bells is left out.
 */

/** A colour of the palette (0–255), or `#rrggbb`. */
export type AnsiColour = number | string;

export interface AnsiStyle {
  fg: AnsiColour | null;
  bg: AnsiColour | null;
  isBold: boolean;
  isDim: boolean;
  isItalic: boolean;
  isUnderlined: boolean;
  isStruck: boolean;
  isInverse: boolean;
}

export interface Span {
  text: string;
  /** null: as the page writes. */
  style: AnsiStyle | null;
}

const PLAIN: AnsiStyle = {
  fg: null,
  bg: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
  isInverse: false,
};

const TAB = 8;
/** No cursor movement of a real program goes further; one of a hostile one costs memory. */
const MAX_COLUMN = 10_000;

/** CSI with its parameters and final character, OSC and other strings, two-character escapes. */
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are spoken to in them
  /\x1b(?:\[([0-?]*)[ -/]*([@-~])|[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are spoken to in them
const SPECIAL = /[\x00-\x08\x0a-\x1f\x7f\t]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are spoken to in them
const ORDINARY = /[^\x00-\x1f\x7f]+/y;

export function parseLine(text: string): Span[] {
  if (!SPECIAL.test(text)) return text === "" ? [] : [{ text, style: null }];
  const terminal = new LineTerminal();
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    ORDINARY.lastIndex = at;
    const run = ORDINARY.exec(text)?.[0];
    if (run !== undefined) {
      terminal.write(run);
      at += run.length;
      continue;
    }
    if (char === "\x1b") {
      ESCAPE.lastIndex = at;
      const [all = char, parameters, final] = ESCAPE.exec(text) ?? [];
      if (final !== undefined) terminal.control(parameters ?? "", final);
      at += all.length;
      continue;
    }
    terminal.move(char);
    at += 1;
  }
  return terminal.spans();
}

/** What a person sees of a line, without any style. */
export function visibleText(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join("");
}

class LineTerminal {
  /** Whole characters, so that an emoji is overwritten as one. */
  readonly #chars: string[] = [];
  readonly #styles: (AnsiStyle | null)[] = [];
  #column = 0;
  #style: AnsiStyle | null = null;

  write(text: string): void {
    for (const char of text) {
      this.#pad();
      this.#chars[this.#column] = char;
      this.#styles[this.#column] = this.#style;
      this.#column += 1;
    }
  }

  move(char: string): void {
    if (char === "\r") this.#column = 0;
    if (char === "\b") this.#column = Math.max(0, this.#column - 1);
    if (char === "\t") this.#column += TAB - (this.#column % TAB);
  }

  control(parameters: string, final: string): void {
    const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
    const column = this.#column;
    switch (final) {
      case "m":
        this.#style = applySgr(this.#style, parameters);
        break;
      case "C":
        this.#column = Math.min(column + count, MAX_COLUMN);
        break;
      case "D":
        this.#column = Math.max(0, column - count);
        break;
      case "G":
        this.#column = Math.min(count - 1, MAX_COLUMN);
        break;
      case "K":
        this.#erase(parameters);
        break;
    }
  }

  spans(): Span[] {
    this.#column = this.#chars.length;
    const spans: Span[] = [];
    let style: AnsiStyle | null = null;
    let text = "";
    for (let i = 0; i < this.#chars.length; i++) {
      const own = this.#styles[i] ?? null;
      if (own !== style && text !== "") {
        spans.push({ text, style });
        text = "";
      }
      style = own;
      text += this.#chars[i];
    }
    if (text !== "") spans.push({ text, style });
    return spans;
  }

  #erase(parameters: string): void {
    if (parameters === "" || parameters === "0") {
      this.#chars.length = Math.min(this.#chars.length, this.#column);
      this.#styles.length = this.#chars.length;
      return;
    }
    const end = parameters === "1" ? Math.min(this.#column + 1, this.#chars.length) : undefined;
    if (end === undefined) this.#chars.length = 0;
    else this.#chars.fill(" ", 0, end);
    this.#styles.length = this.#chars.length;
    this.#styles.fill(null, 0, end ?? 0);
  }

  /** Columns that the cursor jumped over are spaces. */
  #pad(): void {
    while (this.#chars.length < this.#column) {
      this.#chars.push(" ");
      this.#styles.push(null);
    }
  }
}

/** Select Graphic Rendition. @returns null where nothing is different from plain text. */
function applySgr(before: AnsiStyle | null, parameters: string): AnsiStyle | null {
  const style = { ...(before ?? PLAIN) };
  // `38:2::10:20:30` is the standard's spelling, `38;2;10;20;30` everybody's.
  const codes = parameters.split(";");
  for (let i = 0; i < codes.length; i++) {
    const part = codes[i] ?? "";
    const code = Number.parseInt(part, 10) || 0;
    if (part.includes(":")) applyColons(style, part);
    else if (code === 38 || code === 48) i += applyExtended(style, code, codes.slice(i + 1));
    else applyCode(style, code);
  }
  const isPlain = JSON.stringify(style) === JSON.stringify(PLAIN);
  return isPlain ? null : style;
}

function applyCode(style: AnsiStyle, code: number): void {
  if (code === 0) Object.assign(style, PLAIN);
  else if (code === 1) style.isBold = true;
  else if (code === 2) style.isDim = true;
  else if (code === 3) style.isItalic = true;
  else if (code === 4 || code === 21) style.isUnderlined = true;
  else if (code === 7) style.isInverse = true;
  else if (code === 9) style.isStruck = true;
  else if (code === 22) style.isBold = style.isDim = false;
  else if (code === 23) style.isItalic = false;
  else if (code === 24) style.isUnderlined = false;
  else if (code === 27) style.isInverse = false;
  else if (code === 29) style.isStruck = false;
  else if (code >= 30 && code <= 37) style.fg = code - 30;
  else if (code === 39) style.fg = null;
  else if (code >= 40 && code <= 47) style.bg = code - 40;
  else if (code === 49) style.bg = null;
  else if (code >= 90 && code <= 97) style.fg = code - 82;
  else if (code >= 100 && code <= 107) style.bg = code - 92;
}

/** @returns How many of the following codes belong to the colour. */
function applyExtended(style: AnsiStyle, code: number, rest: readonly string[]): number {
  const numbers = rest.map((part) => Number.parseInt(part, 10) || 0);
  const [kind, a = 0, b = 0, c = 0] = numbers;
  if (kind === 5) setColour(style, code, clampByte(a));
  if (kind === 2) setColour(style, code, hex(a, b, c));
  if (kind === 5) return 2;
  return kind === 2 ? 4 : 1;
}

function applyColons(style: AnsiStyle, part: string): void {
  const [code = "", kind, ...rest] = part.split(":");
  const numbers = rest.map((text) => Number.parseInt(text, 10) || 0);
  if (code === "4") style.isUnderlined = kind !== "0";
  if (code !== "38" && code !== "48") return;
  // Between the kind and the colour the standard has a colour space, mostly left out.
  const [r = 0, g = 0, b = 0] = numbers.slice(-3);
  if (kind === "5") setColour(style, Number(code), clampByte(numbers[0] ?? 0));
  if (kind === "2") setColour(style, Number(code), hex(r, g, b));
}

function setColour(style: AnsiStyle, code: number, colour: AnsiColour): void {
  if (code === 38) style.fg = colour;
  else style.bg = colour;
}

function clampByte(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}

function hex(...rgb: number[]): string {
  return `#${rgb.map((part) => clampByte(part).toString(16).padStart(2, "0")).join("")}`;
}
