import type { DrawnChart } from "../registry";
import type { Scene } from "./scene";

/** The scene's values as plain arrays. */
export function drawnChart(key: string, scene: Scene | null): DrawnChart | null {
  if (!scene) return null;
  return {
    key,
    x: scene.x.domain,
    y: scene.y.domain,
    lines: scene.lines.map(({ id, name, exact, x, y, smooth, min, max }) => ({
      run: id,
      name,
      exact,
      x: [...x],
      y: [...y],
      smooth: smooth && [...smooth.y],
      min: min && [...min],
      max: max && [...max],
    })),
  };
}
