/** Random walks, the same in every run of the benchmark. */

export interface Walks {
  x: Float64Array;
  ys: Float64Array[];
}

export function walks(numLines: number, numPoints: number): Walks {
  const random = generator(numLines * 31 + numPoints);
  const x = Float64Array.from({ length: numPoints }, (_, i) => i);
  const ys = Array.from({ length: numLines }, (_, line) => {
    let value = line / numLines;
    return Float64Array.from({ length: numPoints }, () => {
      value += (random() - 0.5) / Math.sqrt(numPoints);
      return value + (random() - 0.5) * 0.05;
    });
  });
  return { x, ys };
}

/** Mulberry32: small, fast, seeded. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
