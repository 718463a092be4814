/** The mock's answer to POST /series, in the real binary format. */
import type { SeriesRequest } from "../../src/api/types";
import { type MockProject, type MockRun, SYSTEM_KEYS, value } from "./data.ts";

type Arrays = Record<string, Float64Array | Uint32Array>;

export function answerSeries(projects: readonly MockProject[], requests: SeriesRequest[]): Buffer {
  const series: { head: object; arrays: Arrays }[] = [];
  for (const [request, question] of requests.entries()) {
    const project = projects.find(
      ({ entity, name }) => entity === question.entity && name === question.project,
    );
    for (const id of question.runs) {
      const run = project?.runs.find(({ row }) => row.id === id);
      if (!project || !run) continue;
      const known = question.stream === "system" ? SYSTEM_KEYS : project.keys;
      for (const key of question.keys.filter((name) => known.includes(name))) {
        const { numRows, exact, arrays } = read(run, key, question);
        series.push({ head: { request, run: id, key, exact, num_rows: numRows }, arrays });
      }
    }
  }
  return encode(series);
}

function read(run: MockRun, key: string, { axis, lo, hi, buckets, smoothing }: SeriesRequest) {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let step = 0; step < run.numSteps; step++) {
    const x = xOf(run, axis, step);
    if ((lo !== null && x < lo) || (hi !== null && x > hi)) continue;
    xs.push(x);
    ys.push(value(run, key, step));
  }
  const numRows = xs.length;
  const isExact = numRows <= buckets;
  const arrays: Arrays = isExact
    ? { x: Float64Array.from(xs), y: Float64Array.from(ys) }
    : bucketed(xs, ys, buckets);
  const values = isExact ? arrays.y : arrays.mean;
  if (smoothing && values) arrays.smooth = smoothed(values, Math.min(0.95, smoothing.amount));
  return { numRows, exact: isExact, arrays };
}

/** Good enough to look at: the real server smooths the whole series, and in four ways. */
function smoothed(values: Float64Array | Uint32Array, weight: number): Float64Array {
  let [sum, total] = [0, 0];
  return Float64Array.from(values, (value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    sum = sum * weight + value;
    total = total * weight + 1;
    return sum / total;
  });
}

function xOf(run: MockRun, axis: SeriesRequest["axis"], step: number): number {
  if (axis === "step") return step;
  return step * run.stepSeconds + (axis === "time" ? run.startedAt : 0);
}

function bucketed(xs: number[], ys: number[], buckets: number): Arrays {
  const from = xs[0] ?? 0;
  const span = (xs.at(-1) ?? 1) - from || 1;
  const groups = new Map<number, number[]>();
  for (const [i, x] of xs.entries()) {
    const bucket = Math.min(buckets - 1, Math.floor(((x - from) / span) * buckets));
    groups.set(bucket, [...(groups.get(bucket) ?? []), i]);
  }
  const rows = [...groups.values()].map((indices) => {
    const values = indices.map((i) => ys[i] ?? 0);
    const finite = values.filter(Number.isFinite);
    return {
      x0: xs[indices[0] ?? 0] ?? 0,
      x1: xs[indices.at(-1) ?? 0] ?? 0,
      min: finite.length ? Math.min(...finite) : Number.NaN,
      max: finite.length ? Math.max(...finite) : Number.NaN,
      mean: finite.length ? finite.reduce((a, b) => a + b, 0) / finite.length : Number.NaN,
      first: values[0] ?? 0,
      last: values.at(-1) ?? 0,
      n: values.length,
      nan: values.filter(Number.isNaN).length,
      posinf: values.filter((v) => v === Number.POSITIVE_INFINITY).length,
      neginf: values.filter((v) => v === Number.NEGATIVE_INFINITY).length,
    };
  });
  const arrays: Arrays = {};
  for (const name of ["x0", "x1", "min", "max", "mean", "first", "last"] as const) {
    arrays[name] = Float64Array.from(rows, (row) => row[name]);
  }
  arrays.n = Uint32Array.from(rows, (row) => row.n);
  for (const name of ["nan", "posinf", "neginf"] as const) {
    const counts = Uint32Array.from(rows, (row) => row[name]);
    if (counts.some((count) => count > 0)) arrays[name] = counts;
  }
  return arrays;
}

function encode(series: { head: object; arrays: Arrays }[]): Buffer {
  let offset = 0;
  const chunks: Buffer[] = [];
  const described = series.map(({ head, arrays }) => {
    const refs: Record<string, [string, number, number]> = {};
    for (const [name, array] of Object.entries(arrays)) {
      refs[name] = [array instanceof Float64Array ? "f64" : "u32", offset, array.length];
      const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
      const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8);
      chunks.push(bytes, padding);
      offset += bytes.length + padding.length;
    }
    return { ...head, arrays: refs };
  });
  const json = Buffer.from(JSON.stringify({ series: described, errors: [] }));
  const header = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  const prefix = Buffer.alloc(8);
  prefix.write("RSS1", "ascii");
  prefix.writeUInt32LE(header.length, 4);
  return Buffer.concat([prefix, header, ...chunks]);
}
