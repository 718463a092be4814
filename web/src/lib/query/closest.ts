/** What somebody may have meant who wrote a name that does not exist. */

/**
 * The known name that differs least; null where none is close. Case and what stands between words
 * do not count.
 */
export function closest(name: string, known: readonly string[]): string | null {
  const wanted = plain(name);
  let best: string | null = null;
  let limit = Math.max(1, Math.floor([...wanted].length / 3)) + 1;
  for (const candidate of known) {
    const distance = distanceOf([...wanted], [...plain(candidate)]);
    if (distance < limit) [best, limit] = [candidate, distance];
  }
  return best;
}

function plain(name: string): string {
  return name
    .trim()
    .replace(/[\s/._-]+/g, "/")
    .toLowerCase();
}

/** Letters to put in, take out, replace or swap with a neighbour. */
function distanceOf(one: readonly string[], other: readonly string[]): number {
  let last: number[] = [];
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  const at = (line: readonly number[], place: number) => line[place] ?? Infinity;
  one.forEach((letter, i) => {
    [last, before, row] = [before, row, [i + 1]];
    other.forEach((opposite, j) => {
      const cost = Math.min(
        at(before, j + 1) + 1,
        at(row, j) + 1,
        at(before, j) + (letter === opposite ? 0 : 1),
      );
      const isSwap = i > 0 && j > 0 && letter === other[j - 1] && one[i - 1] === opposite;
      row.push(isSwap ? Math.min(cost, at(last, j - 1) + 1) : cost);
    });
  });
  return at(row, other.length);
}
