/** Value to pixel and back. */
import type { Domain, YScaleKind } from "./types";

export interface Scale {
  kind: YScaleKind;
  domain: Domain;
  range: Domain;
  /** NaN for what has no place on the axis (NaN itself; zero and less on a log axis). */
  toPixel: (value: number) => number;
  toValue: (pixel: number) => number;
}

export function createScale(kind: YScaleKind, domain: Domain, range: Domain): Scale {
  const isLog = kind === "log";
  const [from, to] = isLog ? [Math.log10(domain[0]), Math.log10(domain[1])] : domain;
  const slope = (range[1] - range[0]) / (to - from || 1);
  return {
    kind,
    domain,
    range,
    toPixel: (value) => {
      const v = isLog ? (value > 0 ? Math.log10(value) : Number.NaN) : value;
      return range[0] + (v - from) * slope;
    },
    toValue: (pixel) => {
      const v = from + (pixel - range[0]) / slope;
      return isLog ? 10 ** v : v;
    },
  };
}
