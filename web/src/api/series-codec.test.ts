import { describe, expect, it } from "vitest";
import { decodeSeries } from "./series-codec";

/** Writes a document as the format says, array after array. */
function encode(series: object[], arrays: (Float64Array | Uint32Array)[]): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify({ series, errors: [] }));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const sizes = arrays.map(({ byteLength }) => Math.ceil(byteLength / 8) * 8);
  const bytes = new Uint8Array(8 + headerBytes + sizes.reduce((a, b) => a + b, 0)).fill(0x20, 8);
  bytes.set(new TextEncoder().encode("RSS1"));
  new DataView(bytes.buffer).setUint32(4, headerBytes, true);
  bytes.set(json, 8);
  let at = 8 + headerBytes;
  for (const [i, array] of arrays.entries()) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += sizes[i] ?? 0;
  }
  return bytes.buffer;
}

describe("decodeSeries", () => {
  it("reads exact series, NaN and infinity included", () => {
    const y = Float64Array.from([0.1, Number.NaN, Number.POSITIVE_INFINITY]);
    const head = {
      request: 0,
      run: "a",
      key: "loss",
      exact: true,
      num_rows: 3,
      arrays: { x: ["f64", 0, 3], y: ["f64", 24, 3] },
    };
    const { series } = decodeSeries(encode([head], [Float64Array.from([1, 2, 3]), y]));
    expect(series).toEqual([
      {
        request: 0,
        run: "a",
        key: "loss",
        data: { exact: true, numRows: 3, x: Float64Array.from([1, 2, 3]), y, smooth: null },
      },
    ]);
  });

  it("reads buckets; counts that the server left out are null", () => {
    const f = Float64Array.from([1, 2]);
    const names = ["x0", "x1", "min", "max", "mean", "first", "last"];
    const arrays = {
      ...Object.fromEntries(names.map((name, i) => [name, ["f64", i * 16, 2]])),
      n: ["u32", 7 * 16, 2],
    };
    const head = { request: 0, run: "a", key: "k", exact: false, num_rows: 480, arrays };
    const buffer = encode([head], [...names.map(() => f), Uint32Array.from([240, 240])]);
    const data = decodeSeries(buffer).series[0]?.data;
    expect(data).toMatchObject({ exact: false, numRows: 480, mean: f, nan: null, posinf: null });
    expect(data?.exact === false && data.n).toEqual(Uint32Array.from([240, 240]));
  });

  it("reads what smoothing made of a curve", () => {
    const [x, y, smooth] = [
      Float64Array.from([1, 2]),
      Float64Array.from([3, 5]),
      Float64Array.from([3, 4]),
    ];
    const arrays = { x: ["f64", 0, 2], y: ["f64", 16, 2], smooth: ["f64", 32, 2] };
    const head = { request: 0, run: "a", key: "k", exact: true, num_rows: 2, arrays };
    const { series } = decodeSeries(encode([head], [x, y, smooth]));
    expect(series[0]?.data.smooth).toEqual(smooth);
  });

  it("refuses what is no series document", () => {
    expect(() => decodeSeries(new TextEncoder().encode("{}").buffer)).toThrow();
    expect(() => decodeSeries(new TextEncoder().encode("<html>....</html>").buffer)).toThrow();
  });
});
