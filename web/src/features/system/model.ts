/**
 * What machines measured, as charts: one for each metric of a kind of device, with a line for each
 * device of each host. Pure.
 */
import type { SystemHost, SystemMetric, SystemMetrics } from "@/api/types";
import type { LineData } from "@/charts/line/types";
import { formatNumber } from "@/lib/format";

export type DeviceKind = SystemMetric["kind"];
type Unit = NonNullable<SystemMetric["unit"]>;

export interface SystemLine {
  key: string;
  writer: string;
  /** Which device of which host, as far as that needs saying. */
  name: string;
  /** Counts lines of the chart, hidden hosts included: a device keeps its colour. */
  slot: number;
  numValues: number;
  last: number | null;
}

export interface SystemChart {
  id: string;
  kind: DeviceKind;
  /** The metric's name as the client has it. */
  name: string;
  scale: Scale;
  isTotal: boolean;
  lines: SystemLine[];
}

export interface SystemSection {
  kind: DeviceKind;
  charts: SystemChart[];
}

/** How raw values are shown: times the factor, with the unit behind. */
export interface Scale {
  factor: number;
  unit: string;
}

/** Sections in the order in which people look: accelerators first. The server's order is that. */
export function buildSystem(
  { hosts, metrics }: SystemMetrics,
  hidden: ReadonlySet<string>,
): SystemSection[] {
  const kinds = new Map<DeviceKind, Map<string, SystemMetric[]>>();
  for (const metric of metrics) {
    const charts = kinds.get(metric.kind) ?? new Map<string, SystemMetric[]>();
    kinds.set(metric.kind, charts);
    charts.set(metric.name, [...(charts.get(metric.name) ?? []), metric]);
  }
  return [...kinds].map(([kind, charts]) => ({
    kind,
    charts: [...charts].map(([name, group]) => chartOf(kind, name, group, hosts, hidden)),
  }));
}

function chartOf(
  kind: DeviceKind,
  name: string,
  metrics: readonly SystemMetric[],
  hosts: readonly SystemHost[],
  hidden: ReadonlySet<string>,
): SystemChart {
  const hasDevices = new Set(metrics.map(({ device }) => device)).size > 1;
  const lines = metrics.map((metric, slot) => ({
    key: metric.key,
    writer: hosts[metric.host]?.writer ?? "",
    name: lineName(metric, hosts, hasDevices),
    slot,
    numValues: metric.num_values,
    last: metric.last,
  }));
  return {
    id: `${kind} ${name}`,
    kind,
    name,
    scale: scaleOf(metrics[0]?.unit ?? null, metrics),
    isTotal: metrics[0]?.is_total ?? false,
    lines: lines.filter(({ writer }) => !hidden.has(writer)),
  };
}

function lineName(metric: SystemMetric, hosts: readonly SystemHost[], hasDevices: boolean): string {
  const host = hosts[metric.host];
  const parts = [
    hosts.length > 1 && host ? hostName(host) : null,
    metric.device !== null && (hasDevices || hosts.length === 1) ? deviceName(metric) : null,
  ];
  const name = parts.filter((part) => part !== null).join(" · ");
  return name === "" ? (host?.hostname ?? metric.name) : name;
}

/** A number alone says little: `GPU 0`. */
function deviceName({ kind, device }: SystemMetric): string {
  return /^\d+$/.test(device ?? "") ? `${kind.toUpperCase()} ${device}` : (device ?? "");
}

export function hostName({ writer, label, hostname }: SystemHost): string {
  return label || hostname || writer;
}

const BYTES: Partial<Record<Unit, number>> = {
  B: 1,
  "B/s": 1,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const SIZES = ["B", "KB", "MB", "GB", "TB", "PB"];

/** Bytes in the unit that the largest of the newest values asks for; all else as it is. */
export function scaleOf(unit: Unit | null, metrics: readonly { last: number | null }[]): Scale {
  const bytes = unit === null ? undefined : BYTES[unit];
  if (bytes === undefined) return { factor: 1, unit: unit === "count" ? "" : (unit ?? "") };
  const largest = Math.max(0, ...metrics.map(({ last }) => Math.abs(last ?? 0))) * bytes;
  const step = largest < 1000 ? 0 : Math.floor(Math.log10(largest) / 3);
  const size = Math.min(step, SIZES.length - 1);
  const suffix = unit === "B/s" ? "/s" : "";
  return { factor: bytes / 1000 ** size, unit: `${SIZES[size] ?? ""}${suffix}` };
}

export function formatValue(value: number | null, { factor, unit }: Scale): string {
  const text = formatNumber(value === null ? null : round(value * factor));
  return unit === "" || value === null ? text : `${text} ${unit}`;
}

/** The newest values of a chart: one, or from the least to the most. */
export function formatNewest({ lines, scale }: SystemChart): string {
  const values = lines.flatMap(({ last }) => (last === null ? [] : [last]));
  if (values.length === 0) return "";
  const [lo, hi] = [Math.min(...values), Math.max(...values)];
  if (lo === hi) return formatValue(lo, scale);
  return `${formatNumber(round(lo * scale.factor))} – ${formatValue(hi, scale)}`;
}

/** Of a measurement three digits are enough. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

export function scaled(data: LineData, factor: number): LineData {
  if (factor === 1) return data;
  const times = (values: Float64Array) => values.map((value) => value * factor);
  const smooth = data.smooth && times(data.smooth);
  if (data.exact) return { ...data, y: times(data.y), smooth };
  const { min, max, mean } = data;
  return { ...data, min: times(min), max: times(max), mean: times(mean), smooth };
}

/** Hosts that are left out, as the URL has them: those that are shown. */
export function hiddenHosts(
  hosts: readonly SystemHost[],
  shown: string | undefined,
): ReadonlySet<string> {
  if (shown === undefined) return new Set();
  const wanted = new Set(shown.split(","));
  const hidden = hosts.map(({ writer }) => writer).filter((writer) => !wanted.has(writer));
  // A link to hosts that are no more shows all instead of nothing.
  return new Set(hidden.length === hosts.length ? [] : hidden);
}

/** After a click on one: alone at first, then with others, and all again after the last. */
export function toggleHost(
  hosts: readonly SystemHost[],
  hidden: ReadonlySet<string>,
  writer: string,
): string | undefined {
  const all = hosts.map((host) => host.writer);
  const shown = all.filter((one) => !hidden.has(one));
  const next =
    hidden.size === 0
      ? [writer]
      : shown.includes(writer)
        ? shown.filter((one) => one !== writer)
        : all.filter((one) => shown.includes(one) || one === writer);
  return next.length === 0 || next.length === all.length ? undefined : next.join(",");
}

const MIN_WIDTH = 300;
const GAP = 12;

/** Charts beside each other in a page of some width. */
export function columnsFor(width: number): number {
  return Math.max(1, Math.floor((width + GAP) / (MIN_WIDTH + GAP)));
}
