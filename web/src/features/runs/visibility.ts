/**
 * Which runs the charts draw. Pure; its text form is what the URL carries.
 *
 * By default the newest runs, as many as a chart can hold; from there eyes are
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

/** Ids of the runs to draw. @param runs Newest first. */
export function visibleIds(runs: readonly RunRow[], { hide, show, only }: Visibility): Set<string> {
  const isVisible = (id: string, index: number) =>
    only ? only.has(id) : !hide.has(id) && (index < NUM_SHOWN_BY_DEFAULT || show.has(id));
  return new Set(runs.filter(({ id }, index) => isVisible(id, index)).map(({ id }) => id));
}

export function toggleEye(visibility: Visibility, id: string, isVisible: boolean): Visibility {
  const { hide, show, only } = visibility;
  if (only) return { hide, show, only: isVisible ? without(only, id) : new Set([...only, id]) };
  return isVisible
    ? { hide: new Set([...hide, id]), show: without(show, id), only }
    : { hide: without(hide, id), show: hide.has(id) ? show : new Set([...show, id]), only };
}

export const SHOW_NEWEST: Visibility = { hide: new Set(), show: new Set(), only: null };

export function showOnly(ids: Iterable<string>): Visibility {
  return { ...SHOW_NEWEST, only: new Set(ids) };
}

function parseIds(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? "").split(",").filter((id) => id !== ""));
}

function formatIds(ids: ReadonlySet<string>): string | undefined {
  return ids.size === 0 ? undefined : [...ids].join(",");
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...ids].filter((other) => other !== id));
}
