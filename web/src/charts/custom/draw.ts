/** Paints a custom chart on a canvas, or writes it as SVG. */
import { drawMark, setUp } from "../line/draw-canvas";
import { escapeText, faded, markToSvg, n } from "../line/draw-svg";
import { type ChartTheme, resolveInk } from "../line/paint";
import { LABEL_SIZE } from "../line/text-width";
import type { CustomMark, CustomScene } from "./scene";

export function paintScene(
  canvas: HTMLCanvasElement,
  { width, height, marks }: CustomScene,
  theme: ChartTheme,
  ratio: number,
  ground: string | null = null,
): void {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (ground !== null) {
    context.fillStyle = ground;
    context.fillRect(0, 0, width, height);
  }
  setUp(context, theme);
  for (const mark of marks) {
    if (mark.kind !== "rect") {
      drawMark(context, mark, theme);
      continue;
    }
    context.globalAlpha = mark.opacity;
    context.fillStyle = resolveInk(mark.ink, theme);
    context.fillRect(mark.x, mark.y, mark.width, mark.height);
    context.globalAlpha = 1;
  }
}

export function sceneToSvg({ width, height, marks }: CustomScene, theme: ChartTheme): string {
  const ground = `<rect width="${width}" height="${height}" fill="${theme.ground}"/>`;
  const font = `font-family="${escapeText(theme.font)}" font-size="${LABEL_SIZE}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${font}>`,
    ground,
    ...marks.map((mark) => toSvg(mark, theme)),
    "</svg>",
    "",
  ].join("\n");
}

function toSvg(mark: CustomMark, theme: ChartTheme): string {
  if (mark.kind !== "rect") return markToSvg(mark, theme);
  const { x, y, width, height, ink, opacity } = mark;
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${resolveInk(ink, theme)}"${faded(opacity)}/>`;
}
