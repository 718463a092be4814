/** Ascending steps at which there is something, and how to go from one to another. Pure. */

/** Place of the last step that is not after `step`; the first where all are. */
export function placeAtOrBefore(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((steps[middle] ?? 0) <= step) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The step that comes closest, for a thumb that is dragged. */
export function nearestStep(steps: readonly number[], step: number): number {
  const place = placeAtOrBefore(steps, step);
  const [before, after] = [steps[place], steps[place + 1]];
  if (before === undefined) return step;
  if (after === undefined) return before;
  return Math.abs(after - step) < Math.abs(step - before) ? after : before;
}

/** The next step of the list in a direction; null at its end. Repeated steps count once. */
export function hop(steps: readonly number[], step: number, direction: 1 | -1): number | null {
  const at = placeAtOrBefore(steps, step);
  if (direction === 1) return steps.slice(at).find((each) => each > step) ?? null;
  return steps.slice(0, at + 1).findLast((each) => each < step) ?? null;
}

/** At most `max` marks, as parts of the slider's length; near ones are one mark. */
export function stepMarks(steps: readonly number[], max: number): number[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const slots = new Set(steps.map((step) => Math.round(((step - first) / (last - first)) * max)));
  return [...slots].map((slot) => slot / max);
}
