/**
 * How wide a label will be, without a canvas to ask: Inter at 11 px, by class
 * of character. Good to a pixel or two, which is what a margin needs; and the
 * same everywhere, which is what a golden picture needs.
 */
export const LABEL_SIZE = 11;

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, or as much of it as fits, with an ellipsis. */
export function fitText(text: string, maxWidth: number): string {
  if (textWidth(text) <= maxWidth) return text;
  let fitted = "";
  let width = characterWidth("…");
  for (const character of text) {
    width += characterWidth(character);
    if (width > maxWidth) break;
    fitted += character;
  }
  return `${fitted}…`;
}

/** Measured in Chromium; every character of a class is at most this wide. */
const CLASSES: readonly [characters: string, width: number][] = [
  ["ijl", 2.7],
  ["I.,:; '|!", 3.2],
  ["frt/()[]", 4.2],
  ["-_1", 5],
  ["aksvxyzL7", 6.2],
  ["AKVXYNOQGCDHU−+=<>", 8.5],
  ["mwM…", 9.8],
  ["W%@", 11],
];

const WIDTHS = new Map(
  CLASSES.flatMap(([characters, width]) => [...characters].map((one) => [one, width] as const)),
);

const USUAL_WIDTH = 7;
/** Hangul, kana and Han are square. */
const SQUARE_FROM = "\u1100";

function characterWidth(character: string): number {
  return (
    WIDTHS.get(character) ?? (character >= SQUARE_FROM && character !== "−" ? 11 : USUAL_WIDTH)
  );
}
