/**
 * The binary answer of POST /series (`application/vnd.runstone.series`).
 *
 * Layout: "RSS1", u32 header length, JSON header padded so that the arrays
 * begin at a multiple of 8, then little-endian arrays, each aligned to 8 bytes.
 * Arrays are views of the received bytes; nothing is copied. NaN and the
 * infinities travel as what they are.
 */
import type { SeriesArrays, SeriesError, SeriesHeader } from "./types";

/** Every point of the range. */
export interface ExactSeries {
  exact: true;
  numRows: number;
  x: Float64Array;
  y: Float64Array;
  /** The smoothed value of each point, NaN where y is not finite; null unless asked for. */
  smooth: Float64Array | null;
}

/** The range thinned to buckets that keep their extremes. */
export interface BucketSeries {
  exact: false;
  numRows: number;
  x0: Float64Array;
  x1: Float64Array;
  min: Float64Array;
  max: Float64Array;
  mean: Float64Array;
  first: Float64Array;
  last: Float64Array;
  /** Rows in each bucket; null when the server did not say. */
  n: Uint32Array | null;
  /** Counts per bucket of values that have no place on the axis; null when there are none. */
  nan: Uint32Array | null;
  posinf: Uint32Array | null;
  neginf: Uint32Array | null;
  /** The smoothed value at each x1, NaN in a bucket without a finite value; null unless asked for. */
  smooth: Float64Array | null;
}

export type Series = ExactSeries | BucketSeries;

export interface SeriesAnswer {
  series: { request: number; run: string; key: string; data: Series }[];
  errors: SeriesError[];
}

type ArrayRef = NonNullable<SeriesArrays["x"]>;

const MAGIC = "RSS1";
const PREFIX_BYTES = 8;

export function decodeSeries(buffer: ArrayBuffer): SeriesAnswer {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < PREFIX_BYTES || ascii(bytes.subarray(0, 4)) !== MAGIC) {
    throw new Error("The answer is not a series document.");
  }
  const headerBytes = new DataView(buffer).getUint32(4, true);
  const start = PREFIX_BYTES + headerBytes;
  const text = new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, start));
  const header: SeriesHeader = JSON.parse(text);

  const series = header.series.map(({ request, run, key, exact, num_rows, arrays }) => {
    const f64 = (name: keyof SeriesArrays) => floats(buffer, start, arrays[name]);
    const u32 = (name: keyof SeriesArrays) => counts(buffer, start, arrays[name]);
    const smooth = arrays.smooth === undefined ? null : f64("smooth");
    const data: Series = exact
      ? { exact, numRows: num_rows, x: f64("x"), y: f64("y"), smooth }
      : {
          exact,
          numRows: num_rows,
          x0: f64("x0"),
          x1: f64("x1"),
          min: f64("min"),
          max: f64("max"),
          mean: f64("mean"),
          first: f64("first"),
          last: f64("last"),
          n: u32("n"),
          nan: u32("nan"),
          posinf: u32("posinf"),
          neginf: u32("neginf"),
          smooth,
        };
    return { request, run, key, data };
  });
  return { series, errors: header.errors };
}

function floats(buffer: ArrayBuffer, start: number, ref: ArrayRef | undefined): Float64Array {
  if (ref === undefined) return new Float64Array(0);
  const [type, offset, count] = ref;
  if (type !== "f64") throw new Error(`Expected an f64 array, got ${type}.`);
  return new Float64Array(buffer, start + offset, count);
}

function counts(buffer: ArrayBuffer, start: number, ref: ArrayRef | undefined): Uint32Array | null {
  if (ref === undefined) return null;
  const [type, offset, count] = ref;
  if (type !== "u32") throw new Error(`Expected a u32 array, got ${type}.`);
  return new Uint32Array(buffer, start + offset, count);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
