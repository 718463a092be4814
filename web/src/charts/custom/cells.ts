/** Cells of tables as numbers and texts. Pure. */
import { readSpecialFloat } from "@/lib/float";

/** NaN for what is none. */
export function numberOf(cell: unknown): number {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return cell ? 1 : 0;
  return readSpecialFloat(cell) ?? Number.NaN;
}

export function textOf(cell: unknown): string {
  if (typeof cell === "string") return cell;
  const special = readSpecialFloat(cell);
  if (special !== null) return String(special);
  return cell === null || cell === undefined ? "" : JSON.stringify(cell);
}

/** Whether a column has words where an axis would want numbers. */
export function isText(cells: readonly unknown[]): boolean {
  return cells.some((cell) => typeof cell === "string");
}
