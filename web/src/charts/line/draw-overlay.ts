/** Crosshair and brush, on the canvas above the curves. */
import type { Hover } from "./hover";
import { type ChartTheme, resolveInk } from "./paint";
import type { Scene } from "./scene";
import type { Brush } from "./use-brush";

interface Overlay {
  hover: Hover | null;
  nearest: string | null;
  brush: Brush | null;
}

/** More dots than this on one vertical are a smear. */
const MAX_DOTS = 8;

export function drawOverlay(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { hover, nearest, brush }: Overlay,
  theme: ChartTheme,
): void {
  context.clearRect(0, 0, scene.width, scene.height);
  const { left, right, top, bottom } = scene.plot;
  if (brush) {
    context.fillStyle = resolveInk("text", theme);
    context.globalAlpha = 0.08;
    context.fillRect(
      Math.min(brush.from, brush.to),
      top,
      Math.abs(brush.to - brush.from),
      bottom - top,
    );
    context.globalAlpha = 1;
    return;
  }
  if (!hover) return;
  const x = Math.round(scene.x.toPixel(hover.x) - 0.5) + 0.5;
  if (x < left - 1 || x > right + 1) return;
  context.strokeStyle = resolveInk("faint", theme);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();

  const dots =
    hover.rows.length <= MAX_DOTS ? hover.rows : hover.rows.filter((r) => r.id === nearest);
  for (const row of dots) {
    const y = scene.y.toPixel(row.y);
    if (!Number.isFinite(y) || y < top - 1 || y > bottom + 1) continue;
    context.beginPath();
    context.arc(scene.x.toPixel(row.x), y, row.id === nearest ? 4 : 3, 0, 2 * Math.PI);
    context.fillStyle = row.color;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = resolveInk("ground", theme);
    context.stroke();
  }
}
