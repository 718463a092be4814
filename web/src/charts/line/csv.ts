/** What a chart draws, as a table: one row for each point in the shown range, so that every run may have its own x. */
import type { DrawnLine } from "./drawn-line";

/** @param x What x counts, for the head of its column. */
export function toCsv(lines: readonly DrawnLine[], x: string): string {
  const isBucketed = lines.some(({ exact }) => !exact);
  const isSmoothed = lines.some(({ smooth }) => smooth !== null);
  const head = [
    "run",
    "name",
    x,
    "value",
    ...(isSmoothed ? ["smoothed"] : []),
    ...(isBucketed ? ["min", "max"] : []),
  ];
  const rows = lines.flatMap((line) =>
    Array.from(line.x.subarray(...line.seen), (at, seen) => {
      const i = line.seen[0] + seen;
      return [
        line.id,
        line.name,
        String(at),
        String(line.y[i]),
        ...(isSmoothed ? [textOf(line.smooth?.y[i])] : []),
        ...(isBucketed ? [textOf(line.min?.[i]), textOf(line.max?.[i])] : []),
      ];
    }),
  );
  return [head, ...rows].map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

function textOf(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}

/**
 * Quoted where the format asks for it. A name that a spreadsheet would run as a formula is made
 * text by an apostrophe; numbers, which may begin with a minus, are what they are.
 */
export function quote(field: string): string {
  const isFormula =
    /^[=+\-@\t\r]/.test(field) && Number.isNaN(Number(field)) && !/^-?Infinity$/.test(field);
  const text = isFormula ? `'${field}` : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
