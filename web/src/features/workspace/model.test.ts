import { describe, expect, it } from "vitest";
import {
  BY_STEP,
  type ChartView,
  choose,
  DEFAULT_VIEW,
  isZoomed,
  type PanelKey,
  panelView,
  resetZoom,
  thinning,
  zoomTo,
} from "./model";

const LOSS: PanelKey = { key: "loss", stream: "history" };
const BY_EPOCH: PanelKey = { key: "val/loss", stream: "history", x: "epoch" };
const CPU: PanelKey = { key: "cpu", stream: "system" };
const view = (change: Partial<ChartView> = {}): ChartView => ({ ...DEFAULT_VIEW, ...change });
const smoothing = { kind: "ema", amount: 0.5 } as const;

describe("panelView", () => {
  it("is the page's view but for what the panel chose", () => {
    const panels = new Map([["loss", { smoothing: null, y: [0, null] as const }]]);
    const page = view({ smoothing, yScale: "log", panels });
    expect(panelView(page, LOSS, "loss")).toMatchObject({
      smoothing: null,
      yScale: "log",
      yRange: [0, null],
    });
    expect(panelView(page, BY_EPOCH, "val/loss")).toMatchObject({
      smoothing,
      yRange: [null, null],
    });
  });

  it("draws a key over the x that it was defined with, until somebody chooses another", () => {
    expect(panelView(view(), BY_EPOCH, "e")).toMatchObject({
      x: { key: "epoch" },
      xKind: "metric",
    });
    const time = { axis: "time", key: null } as const;
    expect(panelView(view({ x: time }), BY_EPOCH, "e").xKind).toBe("time");
    const panels = new Map([["e", { x: BY_STEP }]]);
    expect(panelView(view({ panels }), BY_EPOCH, "e").xKind).toBe("step");
  });

  it("draws system metrics over a clock, which has no logarithm where it counts from 1970", () => {
    expect(panelView(view(), CPU, "*cpu").xKind).toBe("relative");
    const x = { axis: "time", key: null } as const;
    expect(panelView(view({ x, xScale: "log" }), CPU, "*cpu")).toMatchObject({
      xKind: "time",
      xScale: "linear",
    });
  });
});

describe("zoom", () => {
  const both = { x: [10, 20], y: [0, 1] } as const;

  it("holds for all charts over the same x, and for one chart in y", () => {
    const zoomed = view(zoomTo(view(), "loss", BY_STEP, both));
    expect(panelView(zoomed, LOSS, "loss")).toMatchObject({ zoom: [10, 20], yRange: [0, 1] });
    expect(panelView(zoomed, { ...LOSS, key: "acc" }, "acc")).toMatchObject({
      zoom: [10, 20],
      yRange: [null, null],
    });
    expect(panelView(zoomed, BY_EPOCH, "val/loss").zoom).toBeNull();
  });

  it("is reset without a trace, and leaves what was fixed by hand", () => {
    const fixed = view(choose(view(), "acc", { y: [0, 1] }));
    const zoomed = view({ ...fixed, ...zoomTo(fixed, "acc", BY_STEP, { ...both, y: [0.5, 0.6] }) });
    expect(isZoomed(zoomed)).toBe(true);
    expect(panelView(zoomed, { ...LOSS, key: "acc" }, "acc").yRange).toEqual([0.5, 0.6]);
    const reset = view({ ...zoomed, ...resetZoom(zoomed) });
    expect(reset).toEqual(fixed);
    expect(isZoomed(reset)).toBe(false);
  });
});

describe("choose", () => {
  it("forgets a panel that follows the page in everything again", () => {
    const chosen = view(choose(view(), "loss", { yScale: "log" }));
    expect(chosen.panels.get("loss")).toEqual({ yScale: "log" });
    expect(choose(chosen, "loss", { yScale: undefined }).panels.size).toBe(0);
  });
});

describe("thinning", () => {
  it("is null when every point is drawn, else the coarsest ratio", () => {
    expect(thinning([{ exact: true, numRows: 10, numDrawn: 10 }])).toBeNull();
    expect(
      thinning([
        { exact: true, numRows: 10, numDrawn: 10 },
        { exact: false, numRows: 240_000, numDrawn: 1000 },
      ]),
    ).toBe(240);
  });
});
