/** Which words of a text are not in the baseline's. Pure. */
import { diffArrays } from "diff";

export interface TextPart {
  text: string;
  isNew: boolean;
}

/** Longer texts are shown without marks: comparing them word by word would hold up the page. */
const MAX_LENGTH = 4_000;

const WORDS = /[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]/gu;

/** The whole of `text` in parts; one unmarked part where nothing is alike, or nothing differs. */
export function diffWords(baseline: string, text: string): TextPart[] {
  const whole = [{ text, isNew: false }];
  if (baseline === text || baseline.length > MAX_LENGTH || text.length > MAX_LENGTH) return whole;
  const changes = diffArrays(baseline.match(WORDS) ?? [], text.match(WORDS) ?? [], {
    timeout: 20,
  });
  if (changes === undefined) return whole;
  const parts = changes.flatMap((change) =>
    change.removed ? [] : [{ text: change.value.join(""), isNew: change.added }],
  );
  // Marking everything marks nothing.
  return parts.some(({ text: same, isNew }) => !isNew && same.trim() !== "") ? parts : whole;
}
