/**
 * Which lines of a console are on the screen, and where. Pure.
 *
 * The place is the line at the top, with a fraction: 12.5 is "line 12, half of it scrolled away".
 * Lines may be wrapped and then have any height, unknown before they are drawn; so a scroll bar
 * counts lines. What is at the same share of the text and of the screen is the anchor: the first
 * line at the top when all is scrolled up, the last one at the bottom when all is scrolled down.
 * Browsers refuse elements of more than some 33 million pixels (Firefox 17 million): beyond
 * `MAX_HEIGHT` a pixel of the scroll bar stands for more than a pixel of text.
 */

/** The least that a line takes. */
export const LINE_HEIGHT = 18;
/** Lines are asked for in pages of this many. */
export const PAGE_LINES = 200;
export const MAX_HEIGHT = 12_000_000;
/** Lines drawn above and below the screen. */
const OVERSCAN = 12;

export interface Viewport {
  numLines: number;
  /** Of the box that scrolls. */
  height: number;
  /** What a line takes on average. */
  rowHeight: number;
}

/** How tall the scrolled content is. */
export function contentHeight({ numLines, height, rowHeight }: Viewport): number {
  return Math.max(height, Math.min(numLines * rowHeight, MAX_HEIGHT));
}

/** The last place that can be at the top: then the last line is at the bottom. */
export function lastTop({ numLines, height, rowHeight }: Viewport): number {
  return Math.max(0, numLines - height / rowHeight);
}

export function topOfScroll(scrollTop: number, viewport: Viewport): number {
  const range = contentHeight(viewport) - viewport.height;
  if (range <= 0) return 0;
  return Math.min(Math.max(scrollTop / range, 0), 1) * lastTop(viewport);
}

export function scrollOfTop(top: number, viewport: Viewport): number {
  const last = lastTop(viewport);
  if (last <= 0) return 0;
  const range = contentHeight(viewport) - viewport.height;
  return Math.min(Math.max(top / last, 0), 1) * range;
}

/** Whether a pixel of the scroll bar is more than a pixel of text. */
export function isScaled({ numLines, rowHeight }: Viewport): boolean {
  return numLines * rowHeight > MAX_HEIGHT;
}

export interface Anchor {
  /** With its fraction. */
  line: number;
  /** How far below the upper edge of the screen it lies, in pixels. */
  y: number;
}

export function anchorOf(top: number, viewport: Viewport): Anchor {
  const last = lastTop(viewport);
  const share = last <= 0 ? 0 : Math.min(Math.max(top / last, 0), 1);
  return { line: share * viewport.numLines, y: share * viewport.height };
}

/** Lines to draw, from `first` up to but without `end`: enough, however tall they turn out. */
export function linesInView(top: number, viewport: Viewport) {
  const { numLines, height } = viewport;
  const { line, y } = anchorOf(top, viewport);
  const first = Math.max(0, Math.floor(line - y / LINE_HEIGHT) - OVERSCAN);
  const end = Math.min(numLines, Math.ceil(line + (height - y) / LINE_HEIGHT) + OVERSCAN);
  return { first, end: Math.max(first, end) };
}

/** Pages that hold some lines, as their numbers. */
export function pagesOf(first: number, end: number): number[] {
  if (end <= first) return [];
  const begin = Math.floor(first / PAGE_LINES);
  const last = Math.floor((end - 1) / PAGE_LINES);
  return Array.from({ length: last - begin + 1 }, (_, i) => begin + i);
}

/** The place that brings a line into the middle, or as near as the ends allow. */
export function topShowing(line: number, viewport: Viewport): number {
  const middle = line + 0.5 - viewport.height / viewport.rowHeight / 2;
  return Math.min(Math.max(0, middle), lastTop(viewport));
}

/** Whether a line is on the screen with a little room around it, as long as none is wrapped. */
export function isInView(line: number, top: number, { height, rowHeight }: Viewport): boolean {
  return line >= top + 1 && (line + 2 - top) * rowHeight <= height;
}

export interface LineRange {
  /** From 0. */
  first: number;
  /** Itself in the range. */
  last: number;
}

/** `120` or `120-140`, as people count: from 1. */
export function parseRange(text: string | undefined): LineRange | null {
  const found = /^L?(\d{1,12})(?:-L?(\d{1,12}))?$/.exec(text ?? "");
  if (!found) return null;
  const a = Number(found[1]) - 1;
  const b = found[2] === undefined ? a : Number(found[2]) - 1;
  if (a < 0 || b < 0) return null;
  return { first: Math.min(a, b), last: Math.max(a, b) };
}

export function formatRange({ first, last }: LineRange): string {
  return first === last ? String(first + 1) : `${first + 1}-${last + 1}`;
}
