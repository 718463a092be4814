/** What the comparison of two versions shows, as the address has it. Pure. */
import type {
  ArtifactFileChange,
  ArtifactVersion,
  FileChangeKind,
  Pair,
  RowChange,
  TableDiffPage,
} from "@/api/artifacts";
import { readSpecialFloat } from "@/lib/float";
import { formatNumber } from "@/lib/format";

export const KINDS = ["added", "removed", "changed", "renamed"] as const satisfies FileChangeKind[];

export const DIFF_PARTS = ["files", "metadata"] as const;

export interface DiffView {
  from: string | undefined;
  to: string | undefined;
  part: (typeof DIFF_PARTS)[number];
  /** Path of the file that is looked at. */
  file: string | undefined;
  change: FileChangeKind | undefined;
  find: string | undefined;
}

/** The newest version beside the one before it, where nothing else was asked for. */
export function defaultPair(
  { from, to }: Pick<DiffView, "from" | "to">,
  versions: readonly Pick<ArtifactVersion, "index">[] | undefined,
): Pair | null {
  if (from !== undefined && to !== undefined) return { from, to };
  if (!versions) return null;
  const name = ({ index }: Pick<ArtifactVersion, "index">) => `v${index}`;
  const newest = versions[0];
  const after = to ?? (newest && name(newest));
  const place = versions.findIndex((one) => name(one) === after);
  const older = versions[place + 1] ?? (place > 0 ? versions[place - 1] : undefined);
  const before = from ?? (older && name(older));
  return before === undefined || after === undefined ? null : { from: before, to: after };
}

export function pathOf({ before, after }: ArtifactFileChange): string {
  return after?.path ?? before?.path ?? "";
}

/** A cell as text; a medium by its path. */
export function cellText(value: unknown): string {
  const special = readSpecialFloat(value);
  if (special !== null) return formatNumber(special);
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? String(value).replace("-", "\u2212") : formatNumber(value);
  }
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return mediumName(value) ?? JSON.stringify(value);
}

function mediumName(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("_type" in value)) return null;
  if ("path" in value && typeof value.path === "string") return value.path;
  return typeof value._type === "string" ? value._type : null;
}

export interface RowCell {
  /** null: there is no such cell on that side. */
  before: string | null;
  after: string | null;
}

/** What a cell says: one text where both sides say the same. */
export function rowCell(
  row: RowChange,
  column: number,
  columns: TableDiffPage["columns"],
): RowCell {
  const has = columns[column];
  const text = (cells: readonly unknown[] | null, isThere: boolean | undefined) =>
    cells === null || !isThere ? null : cellText(cells[column]);
  const before = text(row.before, has?.is_before);
  const after = text(row.after, has?.is_after);
  if (row.change !== "changed") return { before, after };
  return row.changed.includes(column) || before === null || after === null
    ? { before, after }
    : { before: null, after };
}
