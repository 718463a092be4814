import { describe, expect, it } from "vitest";
import type { SystemMetric } from "@/api/types";
import { buildSystem, formatNewest, hiddenHosts, scaled, scaleOf, toggleHost } from "./model";

function metric(change: Partial<SystemMetric>): SystemMetric {
  return {
    host: 0,
    key: "system.cpu",
    kind: "cpu",
    device: null,
    name: "cpu",
    unit: "%",
    is_total: false,
    num_values: 10,
    last: 2,
    last_at: null,
    ...change,
  };
}

const host = (writer: string, label: string | null = null, hostname: string | null = null) => ({
  writer,
  label,
  hostname,
});

const gpu = (device: string, at: number, last: number) =>
  metric({ host: at, kind: "gpu", device, name: "temp", unit: "°C", key: `gpu.${device}`, last });

describe("buildSystem", () => {
  const two = [host("a", "rank-0"), host("b", null, "node-2")];
  const metrics = [gpu("0", 0, 60), gpu("1", 0, 71), gpu("0", 1, 55), metric({})];

  it("puts all devices of all hosts into one chart for each metric", () => {
    const sections = buildSystem({ hosts: two, metrics }, new Set());
    expect(sections.map(({ kind, charts }) => [kind, charts.length])).toEqual([
      ["gpu", 1],
      ["cpu", 1],
    ]);
    const chart = sections[0]?.charts[0];
    expect(chart?.lines.map(({ name, slot }) => [name, slot])).toEqual([
      ["rank-0 · GPU 0", 0],
      ["rank-0 · GPU 1", 1],
      ["node-2 · GPU 0", 2],
    ]);
    expect(chart && formatNewest(chart)).toBe("55 – 71 °C");
  });

  it("leaves out hidden hosts, and devices keep their colours", () => {
    const [section] = buildSystem({ hosts: two, metrics }, new Set(["a"]));
    expect(section?.charts[0]?.lines.map(({ slot }) => slot)).toEqual([2]);
  });

  it("says no more than is needed where there is one of all", () => {
    const [section] = buildSystem(
      { hosts: [host("", null, "vm")], metrics: [metric({})] },
      new Set(),
    );
    expect(section?.charts[0]?.lines[0]?.name).toBe("vm");
  });
});

describe("scales", () => {
  it.each([
    ["MiB", 21_360, { factor: 1024 ** 2 / 1e9, unit: "GB" }],
    ["B", 437, { factor: 1, unit: "B" }],
    ["B/s", 2_500_000, { factor: 1e-6, unit: "MB/s" }],
    ["%", 12, { factor: 1, unit: "%" }],
    ["count", 7, { factor: 1, unit: "" }],
    [null, 7, { factor: 1, unit: "" }],
  ] as const)("%s of %s", (unit, last, scale) => {
    expect(scaleOf(unit, [{ last }, { last: null }])).toEqual(scale);
  });

  it("scale every value of a curve and none of its x", () => {
    const x = new Float64Array([1, 2]);
    const data = { exact: true, numRows: 2, x, y: new Float64Array([2, 4]), smooth: null } as const;
    expect(scaled(data, 0.5)).toEqual({ ...data, y: new Float64Array([1, 2]) });
  });
});

describe("hosts in the address", () => {
  const three = ["a", "b", "c"].map((writer) => host(writer));
  const hidden = (shown: string | undefined) => [...hiddenHosts(three, shown)];

  it("shows all unless told", () => {
    expect(hidden(undefined)).toEqual([]);
    expect(hidden("a,b")).toEqual(["c"]);
    expect(hidden("gone")).toEqual([]);
  });

  it("a click shows one alone, the next add to it, the last one gone shows all", () => {
    expect(toggleHost(three, new Set(), "b")).toBe("b");
    expect(toggleHost(three, new Set(["a", "c"]), "a")).toBe("a,b");
    expect(toggleHost(three, new Set(["c"]), "c")).toBeUndefined();
    expect(toggleHost(three, new Set(["a", "c"]), "b")).toBeUndefined();
  });
});
