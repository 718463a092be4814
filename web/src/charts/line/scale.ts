/** Value to pixel and back. */
import type { Domain, ScaleKind } from "./types";

export interface Scale {
  kind: ScaleKind;
  domain: Domain;
  range: Domain;
  /** NaN for what has no place on the axis (NaN itself; zero and less on a log axis). */
  toPixel: (value: number) => number;
  toValue: (pixel: number) => number;
}

export function createScale(kind: ScaleKind, domain: Domain, range: Domain): Scale {
  const isLog = kind === "log";
  const [from, to] = isLog ? [Math.log10(domain[0]), Math.log10(domain[1])] : domain;
  const unit = isLog ? 1 : unitOf(to - from);
  const origin = from * unit;
  const begin = range[0];
  const slope = (range[1] - begin) / (to * unit - origin || 1);
  return {
    kind,
    domain,
    range,
    // A million points go through here: two plain functions, each of one line.
    toPixel: isLog
      ? (value) => (value > 0 ? begin + (Math.log10(value) - origin) * slope : Number.NaN)
      : (value) => begin + (value * unit - origin) * slope,
    toValue: (pixel) => {
      const v = (origin + (pixel - begin) / slope) / unit;
      return isLog ? 10 ** v : v;
    },
  };
}

/** What to multiply values by so that neither their distance nor its inverse overflows. */
function unitOf(span: number): number {
  if (!Number.isFinite(span)) return 2 ** -2;
  return span < 1e-290 ? 2 ** 1000 : 1;
}
