/** A chart that stands alone, in a paper or a slide: with its title above and its legend below. */
import { buildScene, type Mark, type Scene } from "./scene";
import { fitText, textWidth } from "./text-width";
import type { LineSeries, LineView } from "./types";

export interface Figure {
  title: string;
  series: readonly LineSeries[];
  view: Omit<LineView, "above" | "below" | "isLive" | "previous">;
  /** Words for the runs that the legend has no room for. */
  more: (count: number) => string;
}

const TITLE_HEIGHT = 32;
const MARGIN = 12;
const LINE_HEIGHT = 18;
const MAX_LINES = 6;
const DOT_SPACE = 12;
const GAP = 18;
const MAX_NAME_WIDTH = 240;

/** The drawing keeps its size; title and legend are added to the height. */
export function buildFigure({ title, series, view, more }: Figure): Scene {
  // The newest is drawn last and read first.
  const legend = layOut(series.toReversed(), view.width - 2 * MARGIN, more);
  const below = legend.numLines === 0 ? 0 : legend.numLines * LINE_HEIGHT + MARGIN;
  const height = TITLE_HEIGHT + view.height + below;
  const scene = buildScene(series, {
    ...view,
    height,
    above: TITLE_HEIGHT,
    below,
    isLive: false,
    previous: null,
  });
  const top = TITLE_HEIGHT + view.height + LINE_HEIGHT / 2 + 2;
  const heading: Mark = {
    kind: "text",
    x: MARGIN,
    y: TITLE_HEIGHT / 2 + 2,
    text: title,
    ink: "text",
    align: "left",
    isStrong: true,
  };
  const marks = legend.entries.flatMap(({ text, color, x, line }): Mark[] => {
    const at = { x: MARGIN + x, y: top + line * LINE_HEIGHT };
    const name: Mark = {
      kind: "text",
      x: at.x + DOT_SPACE,
      y: at.y,
      text,
      ink: "muted",
      align: "left",
    };
    if (color === null) return [{ ...name, x: at.x }];
    return [
      { kind: "dot", id: text, x: at.x + 3, y: at.y, radius: 3, ink: color, opacity: 1 },
      name,
    ];
  });
  return { ...scene, labels: [...scene.labels, heading, ...marks] };
}

interface Entry {
  text: string;
  /** null: no run. */
  color: string | null;
  x: number;
  line: number;
}

/** Names in lines, like words; what does not fit in a few of them is counted. */
function layOut(series: readonly LineSeries[], width: number, more: Figure["more"]) {
  const entries: Entry[] = [];
  let [x, line] = [0, 0];
  for (const [i, { name, color }] of series.entries()) {
    const text = fitText(name, MAX_NAME_WIDTH);
    const needed = DOT_SPACE + textWidth(text);
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    if (line === MAX_LINES - 1 && i < series.length - 1) {
      entries.push({ text: more(series.length - i), color: null, x: 0, line });
      break;
    }
    entries.push({ text, color, x, line });
    x += needed + GAP;
  }
  return { entries, numLines: entries.length === 0 ? 0 : line + 1 };
}
