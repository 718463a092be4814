/** Colours of the parts that belong to the theme, for both painters. */
import type { Ink, InkRole } from "./scene";

export interface ChartTheme {
  grid: string;
  axis: string;
  text: string;
  muted: string;
  faint: string;
  ground: string;
  font: string;
}

/** How much is left of the others while one run is pointed at. */
export const FADED = 0.2;

export function resolveInk(ink: Ink, theme: ChartTheme): string {
  return isRole(ink) ? theme[ink] : ink;
}

const ROLES: ReadonlySet<string> = new Set<InkRole>([
  "grid",
  "axis",
  "text",
  "muted",
  "faint",
  "ground",
]);

function isRole(ink: Ink): ink is InkRole {
  return ROLES.has(ink);
}

/** Corners of the triangles: ▽ NaN, ▲ +infinity, ▼ −infinity, around (0, 0). */
export const GLYPHS = {
  nan: {
    corners: [
      [-4, -3],
      [4, -3],
      [0, 4],
    ],
    isFilled: false,
  },
  posinf: {
    corners: [
      [-4, 3],
      [4, 3],
      [0, -4],
    ],
    isFilled: true,
  },
  neginf: {
    corners: [
      [-4, -3],
      [4, -3],
      [0, 4],
    ],
    isFilled: true,
  },
} as const;
