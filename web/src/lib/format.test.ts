import { describe, expect, it } from "vitest";
import { formatCount, formatDuration, formatNumber, MISSING, relativeTime } from "./format";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [-0.5, "−0.5"],
    [0.123456, "0.1235"],
    [1234.5678, "1235"],
    [12345, "12345"],
    [1234567, "1.235e6"],
    [0.00001234, "1.234e−5"],
    [0.0003, "3e−4"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NEGATIVE_INFINITY, "−∞"],
    [null, MISSING],
  ])("%s is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("formatCount", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1k"],
    [1234, "1.2k"],
    [1_200_000, "1.2M"],
    [340_000, "340k"],
  ])("%s is %s", (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [0.25, "0.2s"],
    [0.05, "<0.1s"],
    [9.99, "9.9s"],
    [59.9, "59s"],
    [61, "1m 1s"],
    [3600, "1h"],
    [8040, "2h 14m"],
    [273_600, "3d 4h"],
  ])("%s s is %s", (value, text) => {
    expect(formatDuration(value)).toBe(text);
  });
});

describe("relativeTime", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  it("counts in the largest whole unit", () => {
    expect(relativeTime("2026-11-22T11:59:30Z", now)).toEqual({ unit: "now", count: 0 });
    expect(relativeTime("2026-11-22T11:30:00Z", now)).toEqual({ unit: "minutes", count: 30 });
    expect(relativeTime("2026-11-21T10:00:00Z", now)).toEqual({ unit: "days", count: 1 });
    expect(relativeTime("2026-01-01T10:00:00Z", now)).toEqual({ unit: "date", count: 0 });
  });
});
