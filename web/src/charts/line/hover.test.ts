import { describe, expect, it } from "vitest";
import { hoverAt } from "./hover";
import { buildScene } from "./scene";
import type { LineSeries, LineView } from "./types";

const VIEW: LineView = {
  width: 500,
  height: 200,
  x: "step",
  xScale: "linear",
  yScale: "linear",
  zoom: null,
  yRange: [null, null],
  ignoreOutliers: false,
  isLive: false,
  previous: null,
  above: 0,
  below: 0,
};

function series(id: string, x: number[], y: number[]): LineSeries {
  const data = {
    exact: true,
    numRows: x.length,
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    smooth: null,
  } as const;
  return { id, name: id, color: "#000000", dash: [], data };
}

describe("hoverAt", () => {
  it("names no point beside the shown range", () => {
    const line = series("a", [10, 50, 52.2, 90], [1, 2, 3, 4]);
    const zoomed = buildScene([line, series("b", [10, 90], [0, 9])], { ...VIEW, zoom: [11, 52] });
    expect(hoverAt(zoomed, 51.2, null).rows).toMatchObject([{ id: "a", x: 50, y: 2 }]);
    expect(hoverAt(zoomed, 11, null).rows).toEqual([]);
  });

  const steps = [0, 10, 20, 30, 40];
  const scene = buildScene(
    [
      series("low", steps, [1, 1, 1, 1, 1]),
      series("high", steps, [5, 5, 5, 5, 5]),
      series("nan", steps, [0, 0, Number.NaN, 0, 0]),
      series("short", [0, 1], [3, 3]),
    ],
    VIEW,
  );

  it("takes each line's nearest point, largest first, NaN last, and leaves out lines that ended", () => {
    const { rows } = hoverAt(scene, 21, null);
    expect(rows.map(({ id, x, y }) => [id, x, y])).toEqual([
      ["high", 20, 5],
      ["low", 20, 1],
      ["nan", 20, Number.NaN],
    ]);
  });

  it("names the line closest to the pointer", () => {
    expect(hoverAt(scene, 20, scene.y.toPixel(4.6)).nearest).toBe("high");
    expect(hoverAt(scene, 20, scene.y.toPixel(1.4)).nearest).toBe("low");
    expect(hoverAt(scene, 20, null).nearest).toBeNull();
  });

  it("finds points of a line whose steps go back", () => {
    const back = buildScene([series("a", [0, 50, 100, 40, 90], [1, 2, 3, 4, 5])], VIEW);
    expect(hoverAt(back, 41, null).rows[0]?.y).toBe(4);
  });
});
