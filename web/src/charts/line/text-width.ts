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

function characterWidth(character: string): number {
  if (character > "\u1100") return character > "\u2fff" ? 11 : 7;
  if ("il.,:;|!'/ j".includes(character)) return 3.4;
  if ("mwMW%".includes(character)) return 9.6;
  if (character >= "A" && character <= "Z") return 7.6;
  return 6.4;
}
