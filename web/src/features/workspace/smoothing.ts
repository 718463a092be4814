/** The four filters, as a slider offers them. The server smooths; these are its limits. */
import type { Smoothing, SmoothingKind } from "@/api/types";

export const DEFAULT_SMOOTHING: SmoothingKind = "time_ema";

interface Range {
  /** As far as a slider goes; an address may go on to `limit`. */
  max: number;
  limit: number;
  step: number;
  /** No smoothing. */
  off: number;
  /** Where the slider is put when this kind is chosen. */
  usual: number;
}

const WEIGHT: Range = { max: 0.99, limit: 0.999, step: 0.01, off: 0, usual: 0.6 };

export const RANGES: Readonly<Record<SmoothingKind, Range>> = {
  time_ema: WEIGHT,
  ema: WEIGHT,
  gaussian: { max: 50, limit: 1000, step: 0.5, off: 0, usual: 5 },
  mean: { max: 200, limit: 100_000, step: 1, off: 1, usual: 10 },
};

export function isSmoothing({ kind, amount }: Smoothing): boolean {
  const { off, limit } = RANGES[kind];
  return amount > off && amount <= limit && (kind !== "mean" || Number.isInteger(amount));
}

/** The setting where a slider stands; null where that is no smoothing. */
export function smoothingAt(kind: SmoothingKind, amount: number): Smoothing | null {
  const smoothing = { kind, amount };
  return isSmoothing(smoothing) ? smoothing : null;
}
