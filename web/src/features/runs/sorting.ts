/** The order of a list of runs. Its text form is the server's: `-summary.val/loss,created_at`. */

export interface SortKey {
  key: string;
  isDescending: boolean;
}

/** As many as the server takes. */
const MAX_KEYS = 8;

export function parseSort(text: string): SortKey[] {
  return splitKeys(text)
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "-")
    .map((part) => ({ key: part.replace(/^[-+]/, ""), isDescending: part.startsWith("-") }));
}

export function formatSort(keys: readonly SortKey[]): string {
  return keys.map(({ key, isDescending }) => (isDescending ? `-${key}` : key)).join(",");
}

/**
 * The order after a click on a header: up, down, and as it was before any.
 *
 * @param isFurther The other keys stay, and count before a new one.
 */
export function nextSort(
  keys: readonly SortKey[],
  key: string,
  isFurther: boolean,
): readonly SortKey[] {
  const old = keys.find((sort) => sort.key === key);
  const next: SortKey | null = old?.isDescending ? null : { key, isDescending: old !== undefined };
  if (!isFurther) return next ? [next] : [];
  if (!old) return [...keys, { key, isDescending: false }].slice(0, MAX_KEYS);
  return keys.flatMap((sort) => (sort !== old ? [sort] : next ? [next] : []));
}

/** At commas, but for those in quotes. */
function splitKeys(text: string): string[] {
  const parts = [""];
  let isQuoted = false;
  let isEscaped = false;
  for (const char of text) {
    if (char === "," && !isQuoted) {
      parts.push("");
      continue;
    }
    if (char === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = char === "\\" && !isEscaped;
    parts.push((parts.pop() ?? "") + char);
  }
  return parts;
}
