/** JSON has no NaN or infinity; the server sends them as `{"$float": "NaN"}`. */
export function readSpecialFloat(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("$float" in value)) return null;
  switch (value.$float) {
    case "NaN":
      return Number.NaN;
    case "Infinity":
      return Number.POSITIVE_INFINITY;
    case "-Infinity":
      return Number.NEGATIVE_INFINITY;
    default:
      return null;
  }
}
