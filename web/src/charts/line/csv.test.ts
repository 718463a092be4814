import { describe, expect, it } from "vitest";
import { toCsv } from "./csv";
import { drawnLine } from "./drawn-line";
import { lineStats, valueNear } from "./line-stats";
import type { BucketData, ExactData, LineSeries } from "./types";

const f = (...values: number[]) => Float64Array.from(values);

function line(name: string, data: ExactData | BucketData) {
  const series: LineSeries = { id: `id-${name}`, name, color: "#000000", dash: [], data };
  return drawnLine(series, "linear", null);
}

const exact = (smooth: Float64Array | null): ExactData => ({
  exact: true,
  numRows: 3,
  x: f(0, 1, 2),
  y: f(0.5, Number.NaN, Number.POSITIVE_INFINITY),
  smooth,
});

const buckets: BucketData = {
  exact: false,
  numRows: 20,
  x0: f(0, 10),
  x1: f(9, 19),
  min: f(-3, 1),
  max: f(2, 4),
  mean: f(1, 2),
  nan: null,
  posinf: null,
  neginf: null,
  smooth: f(1.5, 1.75),
};

describe("a chart as CSV", () => {
  it("has a row for each point, NaN and infinity as what they are", () => {
    expect(toCsv([line("a", exact(null))], "step")).toBe(
      "run,name,step,value\r\nid-a,a,0,0.5\r\nid-a,a,1,NaN\r\nid-a,a,2,Infinity\r\n",
    );
  });

  it("has columns for extremes and smoothed values where there are any", () => {
    const [head, , , , bucket] = toCsv([line("a", exact(null)), line("b", buckets)], "epoch").split(
      "\r\n",
    );
    expect(head).toBe("run,name,epoch,value,smoothed,min,max");
    expect(bucket).toBe("id-b,b,4.5,1,1.5,-3,2");
  });

  it("leaves out what lies beside the shown range", () => {
    const around = { ...exact(null), x: f(0, 5, 9), y: f(1, 2, 3) };
    const zoomed = drawnLine(
      { id: "a", name: "a", color: "", dash: [], data: around },
      "linear",
      [4, 6],
    );
    expect(toCsv([zoomed], "step")).toBe("run,name,step,value\r\na,a,5,2\r\n");
    expect(lineStats(zoomed)).toEqual({ min: 2, max: 2, last: 2 });
    expect(valueNear(zoomed, 8)).toBeNull();
  });

  it("quotes, and lets no name become a formula", () => {
    const names = ['say "hi", run', "=1+1", "-5", "@x"];
    const rows = toCsv(
      names.map((name) => line(name, { ...exact(null), x: f(0), y: f(-1) })),
      "step",
    ).split("\r\n");
    expect(rows.slice(1, 5)).toEqual([
      '"id-say ""hi"", run","say ""hi"", run",0,-1',
      "id-=1+1,'=1+1,0,-1",
      "id--5,-5,0,-1",
      "id-@x,'@x,0,-1",
    ]);
  });
});

describe("a line in figures", () => {
  it("takes extremes from the buckets, and ends on the smoothed value", () => {
    expect(lineStats(line("b", buckets))).toEqual({ min: -3, max: 4, last: 1.75 });
    expect(lineStats(line("a", exact(null)))).toEqual({ min: 0.5, max: 0.5, last: 0.5 });
  });

  it("has no value beyond its end", () => {
    expect(valueNear(line("b", buckets), 12)).toBe(1.5);
    expect(valueNear(line("b", buckets), 18)).toBe(1.75);
    expect(valueNear(line("b", buckets), 500)).toBeNull();
  });
});
