import { describe, expect, it } from "vitest";
import { type Parsed, parseFilter, parseKey, parseSort } from "@/lib/query/parse";
import { printFilter, printKey } from "@/lib/query/print";
import { type Filter, type Mistake, RUN_FIELDS, type SortKey } from "@/lib/query/types";
import vectors from "../../tests/vectors/filters.json";

interface Vector {
  text: string;
  tree?: unknown;
  printed?: string;
  error?: { code: string; reason: string; position: number; end: number };
}

const printSort = (keys: readonly SortKey[]) =>
  keys.map(({ key, isDescending }) => `${isDescending ? "-" : ""}${printKey(key)}`).join(",");

/** JSON has no NaN and no infinity. */
const asJson = (tree: unknown): unknown =>
  JSON.parse(
    JSON.stringify(tree, (_, value: unknown) =>
      typeof value === "number" && !Number.isFinite(value)
        ? { number: String(value).toLowerCase().replace("infinity", "inf") }
        : value,
    ),
  );

/** The server counts code points. */
const placeOf = (text: string, { start, end }: Mistake) => ({
  position: [...text.slice(0, start)].length,
  end: [...text.slice(0, end)].length,
});

function check<T>(vector: Vector, parsed: Parsed<T>, print: (tree: T) => string) {
  if (parsed.mistake !== null) {
    const { reason } = parsed.mistake;
    const found = { code: "bad-filter", reason, ...placeOf(vector.text, parsed.mistake) };
    expect(found).toEqual(vector.error);
    return;
  }
  // Only the server knows which patterns can be matched in linear time.
  if (vector.error?.code === "bad-pattern") return;
  const found = { tree: asJson(parsed.value), printed: print(parsed.value) };
  expect(found).toEqual({ tree: vector.tree, printed: vector.printed });
}

const named = (some: readonly Vector[]) =>
  some.map((vector) => [vector.text.slice(0, 100), vector] as const);

describe("the server's vectors", () => {
  it.each(named(vectors.filters))("filter %s", (_, vector) =>
    check(vector, parseFilter(vector.text), printFilter),
  );
  it.each(named(vectors.sorts))("sort %s", (_, vector) =>
    check(vector, parseSort(vector.text), printSort),
  );
  it.each(named(vectors.keys))("key %s", (_, vector) =>
    check(vector, parseKey(vector.text), printKey),
  );
});

it("knows the server's fields", () => expect(RUN_FIELDS).toEqual(vectors.fields));

describe("what is printed", () => {
  const printed = vectors.filters.flatMap((vector: Vector) => vector.printed ?? []);
  it.each(printed.map((text) => [text.slice(0, 100), text] as const))(
    "%s is read back",
    (_, text) => {
      const { value } = parseFilter(text);
      expect(value && printFilter(value)).toBe(text);
    },
  );

  it("keeps the shape of a tree", () => {
    const a: Filter = { is: "tag", tag: "a" };
    const tree: Filter = {
      is: "or",
      terms: [
        { is: "or", terms: [a, a] },
        { is: "and", terms: [a, { is: "and", terms: [a, a] }] },
        { is: "not", term: { is: "and", terms: [a, a] } },
      ],
    };
    expect(parseFilter(printFilter(tree)).value).toEqual(tree);
  });
});

it("any text is a filter or has a mistake with a place", () => {
  // A generator of its own: a failure is the same each time.
  let seed = 1;
  const random = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const pieces =
    `config. summary["val/loss"] history.a min( ( ) [ ] " ' \\ \\u12 < <= == ~ !~ ! & || and or
    not in is None true -7d now 2026-11-01 1e5 .5 nan tags name created_at exists( , - é 😀 ? /`.split(
      /\s+/,
    );
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: random(9) }, () => pieces[random(pieces.length)]).join(
      random(2) === 0 ? " " : "",
    );
    const { value, mistake } = parseFilter(text);
    if (value === null) {
      expect(mistake.start).toBeGreaterThanOrEqual(0);
      expect(mistake.end).toBeGreaterThanOrEqual(mistake.start);
      expect(mistake.end).toBeLessThanOrEqual(text.length);
    } else {
      expect(asJson(parseFilter(printFilter(value)).value)).toEqual(asJson(value));
    }
  }
});
