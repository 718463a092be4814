/**
 * A run's colour, from the run alone, so that a run keeps it everywhere: its number in the
 * project takes the hues in turn, so that neighbours differ. Without a number, its id decides.
 *
 * The hues are Paul Tol's bright, vibrant and muted schemes without their greys
 * and near-duplicates. Some are too light for a white ground or too dark for a
 * black one; there the OKLab lightness is moved, hue kept, until the contrast
 * with the ground is at least 3 : 1. `run-colour.test.ts` holds us to it.
 *
 * Source: Paul Tol, "Colour Schemes", SRON/EPS/TN/09-002, issue 3.2.
 */

export interface RunColour {
  light: string;
  dark: string;
}

export const RUN_COLOURS: readonly RunColour[] = [
  { light: "#4477aa", dark: "#4e82b5" },
  { light: "#ec6476", dark: "#ee6677" },
  { light: "#228833", dark: "#2c903b" },
  { light: "#a39200", dark: "#ccbb44" },
  { light: "#319ebe", dark: "#66ccee" },
  { light: "#aa3377", dark: "#ca5293" },
  { light: "#e56f29", dark: "#ee7733" },
  { light: "#009988", dark: "#009988" },
  { light: "#ee3377", dark: "#ee3377" },
  { light: "#cc3311", dark: "#e1492a" },
  { light: "#332288", dark: "#7471dc" },
  { light: "#882255", dark: "#c45a89" },
  { light: "#aa4499", dark: "#be57ac" },
  { light: "#96962f", dark: "#999933" },
  { light: "#0077bb", dark: "#1c83c8" },
  { light: "#cc6677", dark: "#cc6677" },
];

/** Dash patterns, in pixels; the first is a solid line. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

const FALLBACK: RunColour = { light: "#4477aa", dark: "#4e82b5" };

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
