/** At most this many are worth reading. */
const MAX = 8;

/** Tags of the project that are not on the run: those that begin as typed, then those with it. */
export function suggestTags(
  known: readonly string[],
  tags: readonly string[],
  text: string,
): string[] {
  const wanted = text.trim().toLowerCase();
  const free = known.filter((tag) => !tags.includes(tag));
  const begin = free.filter((tag) => tag.toLowerCase().startsWith(wanted));
  const hold = free.filter((tag) => tag.toLowerCase().indexOf(wanted) > 0);
  return [...begin, ...hold].slice(0, MAX);
}
