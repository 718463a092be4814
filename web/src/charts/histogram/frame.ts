/** Where the axes of a histogram stand. Pure. */
import { textWidth } from "../line/text-width";
import { linearTicks, type Tick, xTicks } from "../line/ticks";
import type { Domain } from "../line/types";

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const PIXELS_PER_Y_TICK = 44;
const PIXELS_PER_X_TICK = 90;

export function yAxisTicks(domain: Domain, height: number): Tick[] {
  return linearTicks(domain, Math.max(2, Math.floor(height / PIXELS_PER_Y_TICK)));
}

export function valueTicks(domain: Domain, width: number): Tick[] {
  return linearTicks(domain, Math.max(2, Math.floor(width / PIXELS_PER_X_TICK)));
}

export function stepAxisTicks(domain: Domain, width: number): Tick[] {
  return xTicks("step", "linear", domain, Math.max(2, Math.floor(width / PIXELS_PER_X_TICK)));
}

/** Leaves as much room at the left as the labels need. */
export function frameFor(width: number, height: number, yTicks: readonly Tick[]): Frame {
  const labels = Math.max(0, ...yTicks.map(({ label }) => textWidth(label)));
  return { left: Math.ceil(labels) + 14, right: width - 8, top: 8, bottom: height - 22 };
}
