/**
 * Fewer points for the same picture: of each pixel column the first, the lowest, the highest and
 * the last. What a one-pixel pen would cover anyway is not drawn twice, and no peak is lost.
 *
 * @param points x0, y0, x1, y1, … in pixels, x ascending; a NaN pair lifts the pen.
 */
export function decimate(points: Float64Array): Float64Array {
  const kept = new Float64Array(points.length);
  const count = points.length / 2;
  let end = 0;
  const keep = (i: number) => {
    kept[end++] = points[2 * i] ?? Number.NaN;
    kept[end++] = points[2 * i + 1] ?? Number.NaN;
  };
  let i = 0;
  while (i < count) {
    const first = i;
    const x = points[2 * i] ?? Number.NaN;
    if (Number.isNaN(x)) {
      keep(i++);
      while (i < count && Number.isNaN(points[2 * i])) i++;
      continue;
    }
    const column = Math.floor(x);
    let [top, bottom] = [i, i];
    let topY = points[2 * i + 1] ?? 0;
    let bottomY = topY;
    // A NaN is in no column, so it ends this one.
    for (i++; Math.floor(points[2 * i] ?? Number.NaN) === column; i++) {
      const y = points[2 * i + 1] ?? 0;
      if (y < topY) [top, topY] = [i, y];
      else if (y > bottomY) [bottom, bottomY] = [i, y];
    }
    const last = i - 1;
    keep(first);
    const [a, b] = top < bottom ? [top, bottom] : [bottom, top];
    if (a !== first && a !== last) keep(a);
    if (b !== a && b !== first && b !== last) keep(b);
    if (last !== first) keep(last);
  }
  return kept.subarray(0, end);
}
