/** Value to pixel and back. */
import type { Domain, ScaleKind } from "./types";

export interface Scale {
  kind: ScaleKind;
  domain: Domain;
  range: Domain;
  /** NaN for what has no place on the axis (NaN itself; zero and less on a log axis). */
  toPixel: (value: number) => number;
  toValue: (pixel: number) => number;
  /** Many at once: writes every second place of `pixels`, from `offset` on. */
  toPixels: (values: Float64Array, pixels: Float64Array, offset: 0 | 1) => void;
}

export function createScale(kind: ScaleKind, domain: Domain, range: Domain): Scale {
  const isLog = kind === "log";
  const [from, to] = isLog ? [Math.log10(domain[0]), Math.log10(domain[1])] : domain;
  const unit = isLog ? 1 : unitOf(to - from);
  const origin = from * unit;
  const slope = (range[1] - range[0]) / (to * unit - origin || 1);
  const toPixel = (value: number) => {
    const v = isLog ? (value > 0 ? Math.log10(value) : Number.NaN) : value;
    return range[0] + (v * unit - origin) * slope;
  };
  return {
    kind,
    domain,
    range,
    toPixel,
    toValue: (pixel) => {
      const v = (origin + (pixel - range[0]) / slope) / unit;
      return isLog ? 10 ** v : v;
    },
    toPixels: (values, pixels, offset) => {
      const count = values.length;
      for (let i = 0; i < count; i++) pixels[2 * i + offset] = toPixel(values[i] ?? Number.NaN);
    },
  };
}

/** What to multiply values by so that neither their distance nor its inverse overflows. */
function unitOf(span: number): number {
  if (!Number.isFinite(span)) return 2 ** -2;
  return span < 1e-290 ? 2 ** 1000 : 1;
}
