/**
 * How far apart two colours look, to most people and to those with a colour vision deficiency.
 *
 * Sources: Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005); Machado, Oliveira
 * and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009),
 * of full severity, in linear light.
 */

type Triple = readonly [number, number, number];

export const VISIONS = ["normal", "protan", "deutan", "tritan"] as const;
export type Vision = (typeof VISIONS)[number];

const SEEN: Readonly<Record<Vision, readonly [Triple, Triple, Triple]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIEDE2000 of two `#rrggbb` as they are seen; 1 is about the least that can be noticed. */
export function colourDifference(a: string, b: string, vision: Vision): number {
  return ciede2000(labOf(a, vision), labOf(b, vision));
}

/** CIELAB of D65. */
function labOf(hex: string, vision: Vision): Triple {
  const light = linear(hex);
  const [r, g, b] = onEach(SEEN[vision], (row) => Math.min(1, Math.max(0, dot(row, light))));
  const [x, y, z] = onEach(
    [
      dot([0.4124564, 0.3575761, 0.1804375], [r, g, b]) / 0.95047,
      dot([0.2126729, 0.7151522, 0.072175], [r, g, b]),
      dot([0.0193339, 0.119192, 0.9503041], [r, g, b]) / 1.08883,
    ],
    (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116),
  );
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Red, green and blue as light, from 0 to 1. */
export function linear(hex: string): Triple {
  return onEach([1, 3, 5], (at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}

export function ciede2000([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const grey = (c: number) => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const stretch = 1.5 - 0.5 * grey((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2);
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const [h1, h2] = [hue(a1 * stretch, b1), hue(a2 * stretch, b2)];
  const isGrey = c1 * c2 === 0;
  const turn = h2 - h1;
  const dh = isGrey ? 0 : turn > 180 ? turn - 360 : turn < -180 ? turn + 360 : turn;
  const [dl, dc] = [l2 - l1, c2 - c1];
  const dH = 2 * Math.sqrt(c1 * c2) * sin(dh / 2);
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  // The middle of the shorter way around.
  const h = isGrey ? h1 + h2 : (h1 + dh / 2 + 360) % 360;
  const t =
    1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const rotation = -sin(60 * Math.exp(-(((h - 275) / 25) ** 2))) * 2 * grey(c);
  return Math.sqrt(
    (dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rotation * (dc / sc) * (dH / sh),
  );
}

/** In degrees, from 0. */
function hue(a: number, b: number): number {
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
}

function sin(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180);
}

function cos(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function onEach<T>([a, b, c]: readonly [T, T, T], f: (one: T) => number): Triple {
  return [f(a), f(b), f(c)];
}
