import { describe, expect, it } from "vitest";
import { type ChartView, DEFAULT_VIEW } from "./model";
import { readChartView, writeChartView } from "./view-text";

describe("a view of charts in an address", () => {
  it("leaves out what is as it is by default", () => {
    expect(Object.values(writeChartView(DEFAULT_VIEW)).filter(Boolean)).toEqual([]);
    expect(readChartView({})).toEqual(DEFAULT_VIEW);
  });

  it("carries everything there and back", () => {
    const view: ChartView = {
      x: { axis: "relative", key: null },
      xScale: "log",
      yScale: "log",
      smoothing: { kind: "gaussian", amount: 5.5 },
      ignoreOutliers: true,
      zoom: { x: { axis: "step", key: "epoch" }, range: [1.5, 20] },
      panels: new Map([
        ["val/loss", { y: [0, null], smoothing: null, xScale: "linear" }],
        ["odd ~;%:,..name", { zoomY: [-1e-9, 2.5], x: { axis: "step", key: "a~b" } }],
        [
          "*gpu.0.temp",
          { yScale: "log", ignoreOutliers: false, smoothing: { kind: "ema", amount: 0.9 } },
        ],
      ]),
      enlarged: "val/loss",
    };
    expect(readChartView(writeChartView(view))).toEqual(view);
  });

  it("is short where it can be", () => {
    const smoothing = { kind: "time_ema", amount: 0.6 } as const;
    const zoom = { x: DEFAULT_VIEW.x, range: [10, 200.123456] } as const;
    const panels = new Map([["val/loss", { y: [0, 1] as const }]]);
    expect(writeChartView({ ...DEFAULT_VIEW, smoothing, zoom, panels })).toMatchObject({
      smooth: "0.6",
      from: "10",
      to: "200.123456",
      over: undefined,
      panels: "val/loss~y:0..1",
    });
  });

  it.each([
    { from: "5" },
    { from: "9", to: "2" },
    { from: "x", to: "y" },
    { x: "sideways" },
    { x: "key:" },
    { smooth: "1" },
    { smooth: "-0.5" },
    { smooth: "boxcar:3" },
    { smooth: "mean:2.5" },
    { panels: "loss" },
    { panels: "loss~y:..;~y:0..1;a~zoom:3..1;b~%%%" },
    { xs: "cubic", y: "loud", outliers: "maybe" },
  ])("takes %o for the default", (text) => {
    expect(readChartView(text)).toEqual(DEFAULT_VIEW);
  });
});
