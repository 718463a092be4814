/**
 * A run's colour, from the run alone, so that a run keeps it everywhere: its number in the
 * project takes the hues in turn, so that neighbours differ. Without a number, its id decides.
 *
 * The hues begin as Paul Tol's bright, vibrant and muted schemes, and are moved (in OKLCH, found by
 * annealing) until all are told apart, most of all the first eight and those that follow each other,
 * by most eyes and by colour-blind ones, each with a contrast of 3 : 1 with its ground and no more
 * glaring than a curve has to be. `run-colour.test.ts` computes it and holds us to it.
 *
 * Source: Paul Tol, "Colour Schemes", SRON/EPS/TN/09-002, issue 3.2.
 */

export interface RunColour {
  light: string;
  dark: string;
}

export const RUN_COLOURS: readonly RunColour[] = [
  { light: "#7085d8", dark: "#6b84ec" },
  { light: "#e36183", dark: "#f27795" },
  { light: "#327443", dark: "#418853" },
  { light: "#ab8e4c", dark: "#d9b155" },
  { light: "#2d86a4", dark: "#4ba3c3" },
  { light: "#a62e6c", dark: "#c03a7f" },
  { light: "#ca5311", dark: "#f16619" },
  { light: "#22a38e", dark: "#3dc6af" },
  { light: "#d45eb9", dark: "#e374c8" },
  { light: "#947037", dark: "#ae8137" },
  { light: "#4b36ab", dark: "#7165d9" },
  { light: "#88233a", dark: "#be5969" },
  { light: "#a46991", dark: "#c896b7" },
  { light: "#889a64", dark: "#9ab16c" },
  { light: "#64548b", dark: "#796d9b" },
  { light: "#a8574a", dark: "#ce503e" },
];

/** Dash patterns, in pixels; the first is a solid line. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

const FALLBACK: RunColour = { light: "#7085d8", dark: "#6b84ec" };

export interface ColouredRun {
  id: string;
  /** The n-th run of its project, from 1. */
  number?: number | undefined;
}

export function runColour(run: ColouredRun): RunColour {
  return RUN_COLOURS[slotOf(run)] ?? FALLBACK;
}

/**
 * Dash patterns for runs that happen to share a colour, oldest run solid.
 *
 * @param runs Runs drawn together, oldest first, so that a newcomer never
 *   changes the stroke of a run that was there before.
 */
export function runDashes(runs: readonly ColouredRun[]): Map<string, readonly number[]> {
  const used = new Map<number, number>();
  const dashes = new Map<string, readonly number[]>();
  for (const run of runs) {
    const slot = slotOf(run);
    const nth = used.get(slot) ?? 0;
    used.set(slot, nth + 1);
    dashes.set(run.id, DASHES[nth % DASHES.length] ?? []);
  }
  return dashes;
}

function slotOf({ id, number }: ColouredRun): number {
  const turn = number !== undefined && number >= 1 ? number - 1 : hash(id);
  return turn % RUN_COLOURS.length;
}

/** FNV-1a with a final mix: neighbouring ids (`run-1`, `run-2`) land far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  value ^= value >>> 16;
  value = Math.imul(value, 0x7feb352d);
  value ^= value >>> 15;
  return value >>> 0;
}
