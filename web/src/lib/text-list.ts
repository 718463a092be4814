/** Lists of any texts as one text for an address: commas between, what would confuse escaped. */

export function joinTexts(texts: Iterable<string>): string {
  return [...texts].map((text) => escapeText(text, ",")).join(",");
}

export function splitTexts(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .filter((part) => part !== "")
    .map(unescapeText);
}

/** @param signs ASCII signs that may not stand in the text as they are. */
export function escapeText(text: string, signs: string): string {
  return [...text]
    .map((char) => (char === "%" || signs.includes(char) ? code(char) : char))
    .join("");
}

export function unescapeText(text: string): string {
  return text.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function code(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
