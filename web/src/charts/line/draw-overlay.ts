/** What follows the pointer, on the canvas above the curves: the run in front, crosshair, brush. */
import { drawCurves } from "./draw-canvas";
import type { Hover } from "./hover";
import { type ChartTheme, resolveInk } from "./paint";
import { frontOf, type Scene } from "./scene";
import type { Brush } from "./use-brush";

interface Overlay {
  hover: Hover | null;
  /** The run that is pointed at, here or elsewhere. */
  front: string | null;
  brush: Brush | null;
}

/** More dots than this on one vertical are a smear. */
const MAX_DOTS = 8;

export function drawOverlay(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { hover, front, brush }: Overlay,
  theme: ChartTheme,
): void {
  const forward = front === null ? null : frontOf(scene, front);
  if (forward) drawCurves(context, scene, forward, theme);
  if (brush) drawBrush(context, scene, brush, theme);
  if (brush || !hover) return;
  const { left, right, top, bottom } = scene.plot;
  const x = Math.round(scene.x.toPixel(hover.x) - 0.5) + 0.5;
  if (x < left - 1 || x > right + 1) return;
  context.strokeStyle = resolveInk("faint", theme);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();

  const dots =
    hover.rows.length <= MAX_DOTS ? hover.rows : hover.rows.filter((r) => r.id === front);
  for (const row of dots) {
    const y = scene.y.toPixel(row.y);
    if (!Number.isFinite(y) || y < top - 1 || y > bottom + 1) continue;
    context.beginPath();
    context.arc(scene.x.toPixel(row.x), y, row.id === front ? 4 : 3, 0, 2 * Math.PI);
    context.fillStyle = row.color;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = resolveInk("ground", theme);
    context.stroke();
  }
}

function drawBrush(
  context: CanvasRenderingContext2D,
  { plot }: Scene,
  { from, to, isBoth }: Brush,
  theme: ChartTheme,
): void {
  const [x1, x2] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [y1, y2] = isBoth
    ? [Math.min(from.y, to.y), Math.max(from.y, to.y)]
    : [plot.top, plot.bottom];
  context.globalAlpha = 0.08;
  context.fillStyle = resolveInk("text", theme);
  context.fillRect(x1, y1, x2 - x1, y2 - y1);
  context.globalAlpha = 1;
  context.strokeStyle = resolveInk("faint", theme);
  context.lineWidth = 1;
  context.beginPath();
  for (const x of [x1, x2]) {
    context.moveTo(Math.round(x) + 0.5, y1);
    context.lineTo(Math.round(x) + 0.5, y2);
  }
  if (isBoth) {
    for (const y of [y1, y2]) {
      context.moveTo(x1, Math.round(y) + 0.5);
      context.lineTo(x2, Math.round(y) + 0.5);
    }
  }
  context.stroke();
}
