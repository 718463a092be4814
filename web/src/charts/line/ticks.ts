/** Round numbers for axes: 1, 2, 5 for values, clock units for durations and times. */
import type { Domain, ScaleKind, XKind } from "./types";

export interface Tick {
  value: number;
  label: string;
}

const MINUS = "\u2212";
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that a clock face would choose, in seconds. */
const CLOCK_STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
];

/** The smallest of 1, 2, 5 × 10ⁿ that is at least `size`. */
export function niceStep(size: number): number {
  const power = powerOfTen(size);
  // A hair of tolerance: (0.98 − 0.97) / 2 is a little more than 0.005.
  const lead = (size / power) * (1 - 1e-9);
  const nice = lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10;
  return nice * power;
}

/** The one of 1, 2, 5 × 10ⁿ that comes closest to `size`, in ratio. */
function nearestStep(size: number): number {
  const power = powerOfTen(size);
  const lead = size / power;
  const nearest = lead < Math.SQRT2 ? 1 : lead < Math.sqrt(10) ? 2 : lead < Math.sqrt(50) ? 5 : 10;
  return nearest * power;
}

/** The largest power of ten that is at most `size`; below 1e-323 there is none but the smallest number. */
function powerOfTen(size: number): number {
  return 10 ** Math.floor(Math.log10(size)) || Number.MIN_VALUE;
}

/** Labels with more digits than this in common tell nothing apart. */
const MAX_SHARED = 1e6;

export function linearTicks(domain: Domain, count: number): Tick[] {
  const span = domain[1] - domain[0];
  // From −1.7e308 to 1.7e308 is farther than a number can say.
  const step = Number.isFinite(span) ? nearestStep(span / Math.max(1, count)) : 1e308;
  const values = multiples(domain, step);
  const size = Math.max(Math.abs(domain[0]), Math.abs(domain[1]));
  if (size / step < MAX_SHARED) {
    return values.map((value) => ({ value, label: tickLabel(value, step) }));
  }
  // All but the same number: the lowest in full, the others as what they add to it.
  return values.map((value, i) => ({
    value,
    label: i === 0 ? baseLabel(value) : `+${tickLabel(i * step, step)}`,
  }));
}

function baseLabel(value: number): string {
  const rounded = Number(value.toPrecision(7));
  const size = Math.abs(rounded);
  if (size >= 1e-4 && size < 1e9) return signed(String(rounded));
  const [mantissa = "0", exponent = "0"] = rounded.toExponential().split("e");
  return signed(`${mantissa}e${Number(exponent)}`);
}

/** Decades; within two decades also 2 and 5, so that an axis never has one label. */
export function logTicks(domain: Domain, count: number): Tick[] {
  const from = Math.floor(Math.log10(domain[0]) + 1e-9);
  const to = Math.ceil(Math.log10(domain[1]) - 1e-9);
  const leads = to - from <= 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, count)));
  const ticks: Tick[] = [];
  for (let decade = from; decade <= to; decade++) {
    if ((decade - from) % every !== 0) continue;
    for (const lead of leads) {
      const value = lead * 10 ** decade;
      if (value < domain[0] * (1 - 1e-9) || value > domain[1] * (1 + 1e-9)) continue;
      ticks.push({ value, label: logLabel(lead, decade) });
    }
  }
  // Within less than a decade: the numbers that there are.
  return ticks.length < 2 ? linearTicks(domain, count).filter(({ value }) => value > 0) : ticks;
}

export function xTicks(kind: XKind, scale: ScaleKind, domain: Domain, count: number): Tick[] {
  if (scale === "log") return kind === "relative" ? logClockTicks(domain) : logTicks(domain, count);
  switch (kind) {
    case "step":
      // Steps are integers: never a tick between two of them.
      return stepTicks(domain, count);
    case "metric":
      return linearTicks(domain, count);
    case "relative":
      return clockTicks(domain, count, 0, elapsedLabel);
    case "time": {
      const offset = -new Date(domain[0] * 1000).getTimezoneOffset() * MINUTE;
      return clockTicks(domain, count, offset, wallLabel);
    }
  }
}

function stepTicks(domain: Domain, count: number): Tick[] {
  const step = Math.max(1, nearestStep((domain[1] - domain[0]) / Math.max(1, count)));
  return multiples(domain, step).map((value) => ({ value, label: tickLabel(value, step) }));
}

function clockTicks(
  domain: Domain,
  count: number,
  offset: number,
  label: (value: number, step: number) => string,
): Tick[] {
  const size = (domain[1] - domain[0]) / Math.max(1, count);
  const step =
    size < 1 ? niceStep(size) : (CLOCK_STEPS.find((s) => s >= size) ?? niceStep(size / DAY) * DAY);
  const shifted: Domain = [domain[0] + offset, domain[1] + offset];
  return multiples(shifted, step).map((value) => ({
    value: value - offset,
    label: label(value - offset, step),
  }));
}

/** About ten times as long from one to the next, as a clock counts. */
const LOG_CLOCK = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, MINUTE, 10 * MINUTE, HOUR, 10 * HOUR];
const LOG_DAYS = [DAY, 10 * DAY, 100 * DAY, 1000 * DAY, 10_000 * DAY];

function logClockTicks([lo, hi]: Domain): Tick[] {
  const values = [...LOG_CLOCK, ...LOG_DAYS].filter((value) => value >= lo && value <= hi);
  if (values.length < 2) return clockTicks([lo, hi], 4, 0, elapsedLabel);
  return values.map((value) => ({
    value,
    label: value >= DAY ? elapsedLabel(value, DAY) : elapsedLabel(value, Math.min(value, 1)),
  }));
}

const MAX_TICKS = 200;

function multiples([lo, hi]: Domain, step: number): number[] {
  const first = Math.ceil(lo / step - 1e-9);
  const last = Math.floor(hi / step + 1e-9);
  // Index times step, not a running sum: 0.1 + 0.2 must not become a label. Minus zero neither.
  const count = last - first + 1;
  // Where a step is finer than the numbers around it, multiples lose their meaning.
  const length = count >= 0 && count <= MAX_TICKS ? count : 0;
  return Array.from({ length }, (_, i) => (first + i) * step + 0);
}

/** A tick has as many digits as its step asks for, and no more. */
function tickLabel(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  if (value === 0) return "0";
  if (size >= 1e15 || step < 1e-6) return signed(scientific(value));
  for (const [unit, suffix] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (size < unit) continue;
    const divisor = unit === 1e4 ? 1e3 : unit;
    return signed(fixed(value / divisor, step / divisor) + suffix);
  }
  return signed(fixed(value, step));
}

function fixed(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(Math.min(12, decimals));
}

function scientific(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential(2).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
}

function logLabel(lead: number, decade: number): string {
  if (decade >= -3 && decade <= 4) return String(Number((lead * 10 ** decade).toPrecision(3)));
  return signed(`${lead}e${decade}`);
}

/** A duration on the relative axis, to the second (finer below a minute): 1h 2m 5s. */
export function formatElapsed(seconds: number): string {
  return Math.abs(seconds) < MINUTE
    ? elapsedLabel(seconds, 0.1)
    : elapsedLabel(Math.round(seconds), 1);
}

function elapsedLabel(seconds: number, step: number): string {
  if (seconds === 0) return "0";
  const minus = seconds < 0 ? MINUS : "";
  const s = Math.abs(seconds);
  if (step >= DAY) return `${minus}${Math.round(s / DAY)}d`;
  const h = Math.floor(s / HOUR);
  const m = Math.floor((s % HOUR) / MINUTE);
  const rest = s % MINUTE;
  const parts = [
    h > 0 ? `${h}h` : "",
    m > 0 ? `${m}m` : "",
    rest > 0 && step < MINUTE ? `${fixed(rest, Math.min(step, 1))}s` : "",
  ];
  return minus + parts.filter(Boolean).join(" ");
}

function wallLabel(seconds: number, step: number): string {
  const date = new Date(seconds * 1000);
  const two = (part: number) => String(part).padStart(2, "0");
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= DAY || (isMidnight && step >= MINUTE)) {
    return `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  }
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return step < MINUTE ? `${clock}:${two(date.getSeconds())}` : clock;
}

function signed(text: string): string {
  return text.replaceAll("-", MINUS);
}
