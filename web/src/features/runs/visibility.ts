/**
 * Which runs the charts draw. Pure; its text form is what the URL carries.
 *
 * By default the first runs of the list, as many as a chart can hold; from there eyes are
 * switched off (`hide`) and on (`show`). `only` is an explicit choice instead.
 */
import type { RunRow } from "@/api/types";

export interface Visibility {
  hide: ReadonlySet<string>;
  show: ReadonlySet<string>;
  /** null: not an explicit choice. */
  only: ReadonlySet<string> | null;
}

export interface VisibilitySearch {
  hide?: string | undefined;
  show?: string | undefined;
  only?: string | undefined;
}

/** As many curves as a person can tell apart and a server answers at once. */
export const NUM_SHOWN_BY_DEFAULT = 20;

/** As many as an address can name and a chart can draw. */
export const MAX_CHOSEN = 1000;

export function parseVisibility({ hide, show, only }: VisibilitySearch): Visibility {
  return {
    hide: parseIds(hide),
    show: parseIds(show),
    only: only === undefined ? null : parseIds(only),
  };
}

export function formatVisibility({ hide, show, only }: Visibility): VisibilitySearch {
  if (only) return { hide: undefined, show: undefined, only: [...only].join(",") };
  return { hide: formatIds(hide), show: formatIds(show), only: undefined };
}

/**
 * The runs to draw, in the order of the list. It looks at the first ones and at those that were
 * named, not at all of a hundred thousand.
 *
 * @param runs As they are listed.
 * @param named The rows of runs that were chosen by name, wherever they are.
 */
export function visibleRuns(
  runs: readonly RunRow[],
  { hide, show, only }: Visibility,
  named: (id: string) => RunRow | undefined,
): RunRow[] {
  const first = only ? [] : runs.slice(0, NUM_SHOWN_BY_DEFAULT);
  const chosen = [...(only ?? show)].flatMap((id) => named(id) ?? []);
  const wanted = new Map([...first, ...chosen].map((run) => [run.id, run]));
  if (!only) for (const id of hide) wanted.delete(id);
  return [...wanted.values()];
}

export function toggleEye(visibility: Visibility, id: string, isVisible: boolean): Visibility {
  return setEyes(visibility, [id], !isVisible);
}

/** Switches the eyes of some runs on or off; those of all others stay. */
export function setEyes(
  { hide, show, only }: Visibility,
  ids: Iterable<string>,
  isOn: boolean,
): Visibility {
  const wanted = [...ids];
  if (only) return { hide, show, only: isOn ? plus(only, wanted) : minus(only, wanted) };
  if (!isOn) return { hide: plus(hide, wanted), show: minus(show, wanted), only };
  // One that was only switched off comes back by itself.
  const others = wanted.filter((id) => !hide.has(id));
  return { hide: minus(hide, wanted), show: plus(show, others), only };
}

export const SHOW_FIRST: Visibility = { hide: new Set(), show: new Set(), only: null };

export function showOnly(ids: Iterable<string>): Visibility {
  return { ...SHOW_FIRST, only: new Set([...ids].slice(0, MAX_CHOSEN)) };
}

/** Whether these and no others were chosen: the state that "solo" makes. */
export function isSolo({ only }: Visibility, id: string): boolean {
  return only?.size === 1 && only.has(id);
}

/** Runs that were chosen by name, wherever in the list they are. */
export function chosenIds({ show, only }: Visibility): string[] {
  return [...(only ?? show)];
}

function parseIds(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? "").split(",").filter((id) => id !== ""));
}

function formatIds(ids: ReadonlySet<string>): string | undefined {
  return ids.size === 0 ? undefined : [...ids].join(",");
}

function plus(ids: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> {
  return new Set([...ids, ...more]);
}

function minus(ids: ReadonlySet<string>, less: readonly string[]): ReadonlySet<string> {
  const gone = new Set(less);
  return new Set([...ids].filter((id) => !gone.has(id)));
}
