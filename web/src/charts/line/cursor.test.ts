import { describe, expect, it } from "vitest";
import { type Cursor, hoverOf, moveCursor } from "./cursor";
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

function line(id: string, value: number): LineSeries {
  const x = Float64Array.from({ length: 21 }, (_, i) => i * 10);
  const data = { exact: true, numRows: 21, x, y: x.map(() => value), smooth: null } as const;
  return { id, name: id, color: "#000000", dash: [], data };
}

const scene = buildScene([line("low", 1), line("high", 5)], VIEW);

function press(keys: string[], from: Cursor | null = null): Cursor | null {
  return keys.reduce<Cursor | null>(
    (cursor, key) => moveCursor(scene, cursor, key.replace("⇧", ""), key.startsWith("⇧")) ?? cursor,
    from,
  );
}

describe("the crosshair under the arrow keys", () => {
  it("begins in the middle of the line on top, and moves from point to point", () => {
    expect(press(["ArrowRight"])).toEqual({ run: "high", x: 100 });
    expect(press(["ArrowRight", "ArrowRight", "ArrowRight"])).toEqual({ run: "high", x: 120 });
    expect(press(["ArrowLeft", "ArrowLeft"])).toEqual({ run: "high", x: 90 });
  });

  it("leaps with Shift, goes to the ends, and stays there", () => {
    expect(press(["ArrowLeft", "⇧ArrowLeft"])?.x).toBe(0);
    expect(press(["End"], { run: "low", x: 50 })).toEqual({ run: "low", x: 200 });
    expect(press(["End", "End", "ArrowRight", "Home", "ArrowLeft"])?.x).toBe(0);
  });

  it("goes from line to line as the tooltip lists them", () => {
    const down = press(["ArrowDown"], { run: "high", x: 50 });
    expect(down).toEqual({ run: "low", x: 50 });
    expect(press(["ArrowDown", "ArrowUp"], down)?.run).toBe("high");
    expect(down && hoverOf(scene, down).nearest).toBe("low");
  });

  it("leaves other keys alone, and charts without a line", () => {
    expect(moveCursor(scene, null, "a", false)).toBeNull();
    expect(moveCursor(buildScene([], VIEW), null, "ArrowRight", false)).toBeNull();
  });
});
