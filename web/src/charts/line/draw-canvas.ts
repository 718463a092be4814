/** Paints the parts of a scene on a canvas. */
import { type ChartTheme, GLYPHS, resolveInk } from "./paint";
import type { Mark, Scene } from "./scene";
import type { SeriesMarks } from "./series-marks";
import { LABEL_SIZE } from "./text-width";

/** Grid, axes and names: what stays when a run is pointed at. */
export function drawFrame(
  context: CanvasRenderingContext2D,
  scene: Scene,
  theme: ChartTheme,
): void {
  setUp(context, theme);
  for (const mark of [...scene.under, ...scene.labels]) drawMark(context, mark, theme);
}

/** Curves, clipped to the plot, and the triangles on its edges. */
export function drawCurves(
  context: CanvasRenderingContext2D,
  { plot }: Scene,
  { data, edge }: SeriesMarks,
  theme: ChartTheme,
): void {
  setUp(context, theme);
  context.save();
  const { left, top, right, bottom } = plot;
  context.beginPath();
  // A stroke on the edge keeps its full width: the clip is a little larger than the plot.
  context.rect(left - 2, top - 4, right - left + 4, bottom - top + 5);
  context.clip();
  for (const mark of data) drawMark(context, mark, theme);
  context.restore();
  for (const mark of edge) drawMark(context, mark, theme);
}

/** Round joins cost; between points this close to each other nobody sees them. */
const MAX_ROUNDED = 300;

export function setUp(context: CanvasRenderingContext2D, theme: ChartTheme): void {
  context.font = `${LABEL_SIZE}px ${theme.font}`;
  context.textBaseline = "middle";
}

export function drawMark(context: CanvasRenderingContext2D, mark: Mark, theme: ChartTheme): void {
  const ink = resolveInk(mark.ink, theme);
  switch (mark.kind) {
    case "rule":
      context.strokeStyle = ink;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(mark.x1, mark.y1);
      context.lineTo(mark.x2, mark.y2);
      context.stroke();
      return;
    case "text":
      context.fillStyle = ink;
      context.textAlign = mark.align;
      if (mark.isStrong) context.font = `600 ${LABEL_SIZE + 1}px ${theme.font}`;
      context.fillText(mark.text, mark.x, mark.y);
      if (mark.isStrong) setUp(context, theme);
      return;
    case "dot":
      context.globalAlpha = mark.opacity;
      context.fillStyle = ink;
      context.beginPath();
      context.arc(mark.x, mark.y, mark.radius, 0, 2 * Math.PI);
      context.fill();
      break;
    case "glyph":
      context.globalAlpha = mark.opacity;
      drawGlyph(context, mark, ink, resolveInk("ground", theme));
      break;
    case "line":
      context.globalAlpha = mark.opacity;
      context.strokeStyle = ink;
      context.lineWidth = mark.width;
      context.setLineDash([...mark.dash]);
      context.lineJoin = mark.points.length > 2 * MAX_ROUNDED ? "bevel" : "round";
      tracePolyline(context, mark.points);
      context.stroke();
      context.setLineDash([]);
      break;
    case "band":
      context.globalAlpha = mark.opacity;
      context.fillStyle = ink;
      traceBand(context, mark.edges);
      context.fill();
      break;
  }
  context.globalAlpha = 1;
}

function tracePolyline(context: CanvasRenderingContext2D, points: Float64Array): void {
  context.beginPath();
  let isDown = false;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] ?? Number.NaN;
    const y = points[i + 1] ?? Number.NaN;
    if (Number.isNaN(x)) isDown = false;
    else if (isDown) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      isDown = true;
    }
  }
}

function traceBand(context: CanvasRenderingContext2D, edges: Float64Array): void {
  context.beginPath();
  for (const [from, to] of pieces(edges)) {
    for (let i = from; i < to; i++) {
      const [x = 0, top = 0] = edges.subarray(3 * i, 3 * i + 2);
      if (i === from) context.moveTo(x, top);
      else context.lineTo(x, top);
    }
    for (let i = to - 1; i >= from; i--) context.lineTo(edges[3 * i] ?? 0, edges[3 * i + 2] ?? 0);
    context.closePath();
  }
}

/** Unbroken stretches of a band, as index ranges. */
export function pieces(edges: Float64Array): [from: number, to: number][] {
  const found: [number, number][] = [];
  const count = edges.length / 3;
  let from = -1;
  for (let i = 0; i <= count; i++) {
    const isEnd = i === count || Number.isNaN(edges[3 * i]);
    if (!isEnd && from < 0) from = i;
    if (isEnd && from >= 0) {
      found.push([from, i]);
      from = -1;
    }
  }
  return found;
}

function drawGlyph(
  context: CanvasRenderingContext2D,
  mark: Extract<Mark, { kind: "glyph" }>,
  ink: string,
  ground: string,
): void {
  const { corners, isFilled } = GLYPHS[mark.shape];
  context.beginPath();
  for (const [i, [dx, dy]] of corners.entries()) {
    if (i === 0) context.moveTo(mark.x + dx, mark.y + dy);
    else context.lineTo(mark.x + dx, mark.y + dy);
  }
  context.closePath();
  context.fillStyle = isFilled ? ink : ground;
  context.fill();
  context.strokeStyle = ink;
  context.lineWidth = 1.25;
  context.stroke();
}
