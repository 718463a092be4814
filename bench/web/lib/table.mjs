/** A table of text, its figures right-aligned. */
export function printTable(title, head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  console.log(`\n${title}\n`);
  for (const [i, row] of all.entries()) {
    console.log(line(row));
    if (i === 0) console.log(widths.map((width) => "-".repeat(width)).join("  "));
  }
}

export function ms(value) {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
