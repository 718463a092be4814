/** Runs that stay on top of the list, whatever it is sorted or filtered by. */
import type { RunRow } from "@/api/types";

export function parsePins(text: string | undefined): string[] {
  return [...new Set((text ?? "").split(",").filter((id) => id !== ""))];
}

export function formatPins(pins: readonly string[]): string | undefined {
  return pins.length === 0 ? undefined : pins.join(",");
}

export function togglePin(pins: readonly string[], id: string): string[] {
  return pins.includes(id) ? pins.filter((pin) => pin !== id) : [...pins, id];
}

export interface ArrangedRuns {
  runs: readonly RunRow[];
  /** How many of them, from the top, are pinned. */
  numPinned: number;
}

/**
 * The pinned runs in the order of pinning, then the list without them.
 *
 * @param extras Rows of runs beyond the loaded part of the list.
 */
export function arrangeRuns(
  list: readonly RunRow[],
  pins: readonly string[],
  extras: ReadonlyMap<string, RunRow>,
): ArrangedRuns {
  if (pins.length === 0) return { runs: list, numPinned: 0 };
  const listed = new Map(list.map((run) => [run.id, run]));
  const pinned = pins.flatMap((id) => listed.get(id) ?? extras.get(id) ?? []);
  const wanted = new Set(pinned.map(({ id }) => id));
  return {
    runs: [...pinned, ...list.filter(({ id }) => !wanted.has(id))],
    numPinned: pinned.length,
  };
}
