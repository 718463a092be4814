/** The crosshair under the arrow keys: along a line, and from line to line. Pure. */
import { shownPoints } from "./drawn-line";
import { type Hover, hoverAt, nearestIndex } from "./hover";
import type { Scene } from "./scene";

export interface Cursor {
  run: string;
  x: number;
}

/** So many points at once with Shift. */
const LEAP = 10;

/** @returns null for a key that moves nothing, or where there is nothing to move on. */
export function moveCursor(
  scene: Scene,
  cursor: Cursor | null,
  key: string,
  isLeap: boolean,
): Cursor | null {
  const step = isLeap ? LEAP : 1;
  switch (key) {
    case "ArrowLeft":
      return along(scene, cursor, (i) => i - step);
    case "ArrowRight":
      return along(scene, cursor, (i) => i + step);
    case "Home":
      return along(scene, cursor, (_, first) => first);
    case "End":
      return along(scene, cursor, (_, __, last) => last);
    case "ArrowUp":
      return across(scene, cursor, -1);
    case "ArrowDown":
      return across(scene, cursor, 1);
    default:
      return null;
  }
}

function along(
  scene: Scene,
  cursor: Cursor | null,
  next: (index: number, first: number, last: number) => number,
): Cursor | null {
  const line = scene.lines.find(({ id }) => id === cursor?.run) ?? scene.lines.at(-1);
  if (!line) return null;
  const [first, end] = line.seen;
  if (first >= end) return null;
  const last = end - 1;
  // The first key shows where one is; the next ones move.
  const from = cursor ? nearestIndex(line, cursor.x) : Math.round((first + last) / 2);
  const to = cursor ? Math.min(Math.max(next(from, first, last), first), last) : from;
  return { run: line.id, x: shownPoints(line).x[to] ?? 0 };
}

/** In the order of the tooltip. */
function across(scene: Scene, cursor: Cursor | null, step: number): Cursor | null {
  if (!cursor) return along(scene, null, (i) => i);
  const { rows } = hoverAt(scene, cursor.x, null);
  const at = rows.findIndex(({ id }) => id === cursor.run);
  const next = rows[at + step];
  return next ? { run: next.id, x: cursor.x } : cursor;
}

/** What lies under the cursor, the run it is on as the nearest. */
export function hoverOf(scene: Scene, { run, x }: Cursor): Hover {
  return { ...hoverAt(scene, x, null), nearest: run };
}
