import { drawCurves, drawFrame } from "./draw-canvas";
import type { ChartTheme } from "./paint";
import type { Scene } from "./scene";

/** For print and for screens with two pixels where others have one. */
const RATIO = 2;

/** A scene as a PNG file, on the theme's ground. */
export async function drawPng(scene: Scene, theme: ChartTheme): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = scene.width * RATIO;
  canvas.height = scene.height * RATIO;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gave no canvas to draw on.");
  context.scale(RATIO, RATIO);
  context.fillStyle = theme.ground;
  context.fillRect(0, 0, scene.width, scene.height);
  drawFrame(context, scene, theme);
  drawCurves(context, scene, scene, theme);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error("The picture is too large.")),
    );
  });
}
