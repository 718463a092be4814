/** Numbers, durations and times as people read them. Pure: `now` is an argument. */

/** What stands where a value is missing: an em space with a faint dot. */
export const MISSING = "\u2003·";

const MINUS = "\u2212";

/** Four significant digits; NaN says NaN, a minus is a minus. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return MISSING;
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "∞";
  if (value === Number.NEGATIVE_INFINITY) return `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 100_000) return sign(String(value));
  if (size >= 100_000 || size < 0.001) return sign(scientific(value));
  return sign(String(Number(value.toPrecision(4))));
}

/** Every digit the double has, for titles and the clipboard. */
export function formatExact(value: number): string {
  return String(value);
}

/** Every digit, in groups of three: 12,345. */
export function formatInteger(value: number): string {
  return sign(value.toLocaleString("en-US"));
}

const SI: readonly [number, string][] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Counts: 950, 1.2k, 1.2M. */
export function formatCount(count: number): string {
  for (const [size, suffix] of SI) {
    if (count < size) continue;
    const scaled = count / size;
    return `${scaled >= 99.5 ? Math.round(scaled) : Number(scaled.toFixed(1))}${suffix}`;
  }
  return String(count);
}

/** Human durations, two units at most: 2h 14m, 45s, 3d 4h; tenths below ten seconds. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return MISSING;
  if (seconds < 0.1) return seconds <= 0 ? "0s" : "<0.1s";
  if (seconds < 10) return `${Math.floor(seconds * 10) / 10}s`;
  const s = Math.floor(seconds);
  if (s < 60) return `${s}s`;
  if (s < 3600) return twoUnits(Math.floor(s / 60), "m", s % 60, "s");
  if (s < 86_400) return twoUnits(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "m");
  return twoUnits(Math.floor(s / 86_400), "d", Math.floor((s % 86_400) / 3600), "h");
}

export type RelativeUnit = "now" | "minutes" | "hours" | "days" | "date";

/** How long ago, as a unit and a count; the catalogue words it. */
export function relativeTime(iso: string, now: number): { unit: RelativeUnit; count: number } {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 60) return { unit: "now", count: 0 };
  if (seconds < 3600) return { unit: "minutes", count: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: "hours", count: Math.floor(seconds / 3600) };
  if (seconds < 30 * 86_400) return { unit: "days", count: Math.floor(seconds / 86_400) };
  return { unit: "date", count: 0 };
}

export function formatDate(iso: string): string {
  return iso.slice(0, 10);
}

/** Local date and time to the second, sortable: 2026-11-22 14:03:07. */
export function formatDateTime(time: string | number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return MISSING;
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function twoUnits(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit} ${small}${smallUnit}`;
}

function scientific(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential(3).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
}

function sign(text: string): string {
  return text.replaceAll("-", MINUS);
}
