/** Names at the ends of lines, for up to eight of them, moved apart where they would collide. */
import { formatNumber } from "@/lib/format";
import { heightAt } from "./domain";
import { type DrawnLine, shownPoints } from "./drawn-line";
import type { Scale } from "./scale";
import type { Box } from "./scene";
import { fitText, textWidth } from "./text-width";
import type { Domain, LineSeries, LineView } from "./types";

export interface EndLabel {
  id: string;
  text: string;
  color: string;
  y: number;
}

interface EndLabels {
  /** What the right margin must hold; 0 when nothing is named. */
  width: number;
  place: (y: Scale, plot: Box) => EndLabel[];
}

const MAX_LABELS = 8;
const MIN_VIEW_WIDTH = 260;
const MAX_TEXT_WIDTH = 84;
const LINE_HEIGHT = 13;
const DOT_SPACE = 18;

export function endLabels(
  series: readonly LineSeries[],
  lines: readonly DrawnLine[],
  view: Pick<LineView, "width" | "xScale" | "yScale">,
  shown: Domain | null,
): EndLabels {
  const ends = series.flatMap((one, i) => {
    const line = lines[i];
    if (!line) return [];
    const last = endValue(line);
    // A line that goes on beyond the zoom is named where it leaves the picture.
    const { x, y } = shownPoints(line);
    const leaving = shown && heightAt(x, y, shown[1], view.xScale, view.yScale);
    const value = leaving !== null && Number.isFinite(leaving) ? leaving : last;
    return value === null ? [] : [{ one, value, last: last ?? value }];
  });
  const isCrowded = ends.length > MAX_LABELS || view.width < MIN_VIEW_WIDTH;
  if (ends.length === 0 || isCrowded) return { width: 0, place: () => [] };

  // One line needs no name, the panel has it; its latest value is worth more.
  const only = series.length === 1;
  const labels = ends.map(({ one, value, last }) => ({
    id: one.id,
    text: only ? formatNumber(last) : fitText(one.name, MAX_TEXT_WIDTH),
    color: one.color,
    value,
  }));
  const width = Math.max(...labels.map(({ text }) => textWidth(text))) + DOT_SPACE;
  return {
    width,
    place: (y, plot) =>
      spread(
        labels.flatMap(({ value, ...label }) => {
          const at = y.toPixel(value);
          return Number.isFinite(at) ? [{ ...label, y: clamp(at, plot.top, plot.bottom) }] : [];
        }),
        plot,
      ),
  };
}

/** Keeps the vertical order, gives each label its own line, and stays inside the plot. */
function spread(labels: EndLabel[], plot: Box): EndLabel[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  let free = plot.top;
  for (const label of sorted) {
    label.y = Math.max(label.y, free);
    free = label.y + LINE_HEIGHT;
  }
  let limit = plot.bottom;
  for (const label of sorted.toReversed()) {
    label.y = Math.min(label.y, limit);
    limit = label.y - LINE_HEIGHT;
  }
  return sorted;
}

/** The value that a line ends on in the shown range. */
export function endValue(line: DrawnLine): number | null {
  const values = shownPoints(line).y.subarray(...line.seen);
  return values.findLast((value) => Number.isFinite(value)) ?? null;
}

function clamp(value: number, lo: number, hi: number): number {
  return Math.min(Math.max(value, lo), hi);
}
