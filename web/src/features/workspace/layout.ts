/** How charts stand in rows: how many beside each other, how high. Its text form is in the URL. */
import type { Section, SectionKind } from "./sections";

export interface GridShape {
  /** null: as many as there is room for. */
  columns: number | null;
  height: ChartHeight;
}

export type ChartHeight = "small" | "medium" | "large";

export const MAX_COLUMNS = 6;
export const GAP = 12;
/** A section's header with the space around it. */
export const HEADER = 40;

const AUTO: GridShape = { columns: null, height: "medium" };
const HEIGHTS: Readonly<Record<ChartHeight, number>> = { small: 172, medium: 236, large: 360 };
/** Of panels in which runs stand beside each other, pictures and all. */
const MEDIA_HEIGHTS: Readonly<Record<ChartHeight, number>> = {
  small: 260,
  medium: 380,
  large: 560,
};
const MEDIA_WIDTH = 420;
/** The narrowest that a chart can be and still be read; where columns were chosen, and where not. */
const MIN_WIDTH = 180;
const COMFORTABLE_WIDTH = 320;
const CODES: readonly (readonly [ChartHeight, string])[] = [
  ["small", "s"],
  ["medium", "m"],
  ["large", "l"],
];

/** `3`, `3l`, `s`. */
export function readGrid(text: string | undefined): GridShape {
  const [, digits, code] = /^(\d?)([sml]?)$/.exec(text ?? "") ?? [];
  const columns = digits === undefined || digits === "" ? null : Number(digits);
  return {
    columns: columns === null || columns < 1 ? null : Math.min(columns, MAX_COLUMNS),
    height: CODES.find(([, letter]) => letter === code)?.[0] ?? AUTO.height,
  };
}

export function writeGrid({ columns, height }: GridShape): string | undefined {
  const code = height === AUTO.height ? "" : (CODES.find(([name]) => name === height)?.[1] ?? "");
  const text = `${columns ?? ""}${code}`;
  return text === "" ? undefined : text;
}

export function panelHeight({ height }: GridShape, kind: SectionKind): number {
  return kind === "media" ? MEDIA_HEIGHTS[height] : HEIGHTS[height];
}

/** How many charts of a section stand beside each other in `width` pixels. */
export function numColumnsIn(width: number, { columns }: GridShape, kind: SectionKind): number {
  const fitting = (least: number) => Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  return columns === null
    ? fitting(kind === "media" ? MEDIA_WIDTH : COMFORTABLE_WIDTH)
    : Math.min(columns, Math.max(fitting(MIN_WIDTH), 1));
}

/** A section's height in pixels, header and all, where it is so wide. */
export function sectionHeight(
  { kind, numPanels }: Pick<Section, "kind" | "numPanels">,
  isFolded: boolean,
  width: number,
  grid: GridShape,
): number {
  if (isFolded) return HEADER;
  const numRows = Math.ceil(numPanels / numColumnsIn(width, grid, kind));
  return HEADER + numRows * (panelHeight(grid, kind) + GAP);
}

export interface SectionSpan {
  first: number;
  end: number;
  /** What is left out above and below, in pixels. */
  above: number;
  below: number;
}

/** Which of many sections are within `top` to `bottom`, and how much room the others take. */
export function sectionsWithin(
  heights: readonly number[],
  top: number,
  bottom: number,
): SectionSpan {
  let [at, first, end, above, below] = [0, -1, 0, 0, 0];
  heights.forEach((height, index) => {
    const [from, to] = [at, at + height];
    at = to;
    if (to < top) above += height;
    else if (from > bottom) below += height;
    else {
      if (first < 0) first = index;
      end = index + 1;
    }
  });
  return first < 0
    ? { first: 0, end: 0, above: 0, below: above + below }
    : { first, end, above, below };
}
