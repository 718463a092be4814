/** Media that a document refers to, in two words instead of its JSON. Pure. */

/** @returns null where the value is no reference to media. */
export function mediaLabel(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("_type" in value)) return null;
  const type = value._type;
  if (typeof type !== "string") return null;
  const kind = type.replace(/-file$/, "").replace(/^images\/separated$/, "images");
  const detail = detailOf(value);
  return detail === "" ? kind : `${kind} ${detail}`;
}

function detailOf(value: object): string {
  const of = (name: string): unknown => Reflect.get(value, name);
  const [width, height] = [of("width"), of("height")];
  const [columns, rows, count] = [of("ncols"), of("nrows"), of("count")];
  const bins = of("values") ?? of("packedBins");
  if (typeof count === "number" && count > 1) return `× ${count}`;
  if (typeof width === "number" && typeof height === "number") return `${width} × ${height}`;
  if (typeof rows === "number" && typeof columns === "number") return `${rows} × ${columns}`;
  if (Array.isArray(bins)) return `(${bins.length})`;
  return "";
}
