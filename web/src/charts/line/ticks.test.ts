import { describe, expect, it } from "vitest";
import { formatElapsed, linearTicks, logTicks, niceStep, xTicks } from "./ticks";

const labels = (ticks: { label: string }[]) => ticks.map(({ label }) => label);

describe("ticks", () => {
  it("step by 1, 2 or 5", () => {
    expect([0.3, 1.2, 4, 7, 30].map(niceStep)).toEqual([0.5, 2, 5, 10, 50]);
  });

  it("carry the digits their step needs, and a real minus", () => {
    expect(labels(linearTicks([0, 1], 5))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(labels(linearTicks([-2, 2], 4))).toEqual(["−2", "−1", "0", "1", "2"]);
    expect(labels(linearTicks([0, 60_000], 3))).toEqual(["0", "20k", "40k", "60k"]);
    expect(labels(linearTicks([0.97, 0.98], 2))).toEqual(["0.970", "0.975", "0.980"]);
  });

  it("say what they add where the digits in common would fill the line", () => {
    expect(labels(linearTicks([1e9, 1e9 + 0.1], 4))).toEqual([
      "1e9",
      "+0.02",
      "+0.04",
      "+0.06",
      "+0.08",
      "+0.10",
    ]);
    expect(labels(linearTicks([1, 1 + 4.1e-12], 2))).toEqual(["1", "+2e−12", "+4e−12"]);
  });

  it.each([
    [-1.7e308, 1.7e308],
    [0, 5e-322],
    [5e-324, 1e-323],
    [1.6e308, 1.79e308],
  ])("are few and finite from %d to %d", (lo, hi) => {
    for (const ticks of [linearTicks([lo, hi], 5), lo > 0 ? logTicks([lo, hi], 5) : []]) {
      expect(ticks.length).toBeLessThan(20);
      for (const { value, label } of ticks)
        expect([Number.isFinite(value), label]).not.toContain("NaN");
    }
  });

  it("are decades on a log axis, with 2 and 5 where there are few", () => {
    expect(labels(logTicks([0.001, 100], 6))).toEqual(["0.001", "0.01", "0.1", "1", "10", "100"]);
    expect(labels(logTicks([1, 10], 6))).toEqual(["1", "2", "5", "10"]);
    expect(labels(logTicks([1e-8, 1e-6], 3))).toContain("1e−8");
  });

  it("never fall between two steps", () => {
    expect(labels(xTicks("step", "linear", [0, 3], 8))).toEqual(["0", "1", "2", "3"]);
  });

  it("on a log axis of seconds are durations", () => {
    expect(labels(xTicks("relative", "log", [0.5, 200_000], 6))).toEqual([
      "1s",
      "10s",
      "1m",
      "10m",
      "1h",
      "10h",
      "1d",
    ]);
    expect(labels(xTicks("relative", "log", [61, 130], 4))).toContain("1m 30s");
  });

  it("are plain numbers where a log axis shows less than a decade", () => {
    expect(labels(logTicks([31, 38], 4))).toEqual(["32", "34", "36", "38"]);
  });

  it("follow the clock on time axes", () => {
    expect(labels(xTicks("relative", "linear", [0, 7200], 4))).toEqual([
      "0",
      "30m",
      "1h",
      "1h 30m",
      "2h",
    ]);
    const midnight = Date.UTC(2026, 10, 22) / 1000;
    expect(labels(xTicks("time", "linear", [midnight - 21_600, midnight + 21_600], 4))).toEqual([
      "18:00",
      "21:00",
      "11-22",
      "03:00",
      "06:00",
    ]);
  });

  it("write elapsed time to the second", () => {
    expect(formatElapsed(3725.4)).toBe("1h 2m 5s");
    expect(formatElapsed(12.34)).toBe("12.3s");
  });
});
