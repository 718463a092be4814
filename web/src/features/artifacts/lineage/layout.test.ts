import { describe, expect, it } from "vitest";
import { type LayoutEdge, layOut, neighbourOf, type Point, pathOf } from "./layout";

const SPACING = { nodeWidth: 100, columnGap: 50, rowGap: 10 };
const HEIGHT = 40;

function edges(...pairs: string[]): LayoutEdge[] {
  return pairs.map((pair) => {
    const [source = "", target = ""] = pair.split(">");
    return { source, target };
  });
}

function of(list: readonly LayoutEdge[], alone: readonly string[] = []) {
  const ids = new Set([...alone, ...list.flatMap(({ source, target }) => [source, target])]);
  return layOut(
    [...ids].map((id) => ({ id, height: HEIGHT })),
    list,
    SPACING,
  );
}

type Laid = ReturnType<typeof layOut>;

function expectApart({ places }: Laid) {
  const columns = new Map<number, number[]>();
  for (const { column, y } of places.values()) {
    columns.set(column, [...(columns.get(column) ?? []), y]);
  }
  for (const ys of columns.values()) {
    ys.sort((a, b) => a - b);
    for (let at = 1; at < ys.length; at++) {
      expect((ys[at] ?? 0) - (ys[at - 1] ?? 0)).toBeGreaterThanOrEqual(HEIGHT + 10 - 1e-6);
    }
  }
}

/** Pairs of straight pieces that cross inside. */
function numCrossings({ edges: laid }: Laid): number {
  const pieces = laid.flatMap(({ points }) =>
    points.slice(1).map((to, at): [Point, Point] => [points[at] ?? to, to]),
  );
  let count = 0;
  for (const [at, [a, b]] of pieces.entries()) {
    for (const [c, d] of pieces.slice(at + 1)) {
      if (a.x !== c.x || b.x !== d.x) continue;
      if ((a.y - c.y) * (b.y - d.y) < -1e-6) count += 1;
    }
  }
  return count;
}

describe("a layout", () => {
  it("of nothing is empty, of one node is that node", () => {
    expect(of([])).toEqual({ places: new Map(), edges: [], width: 0, height: 0 });
    const one = of([], ["a"]);
    expect(one.places.get("a")).toEqual({ x: 0, y: 0, column: 0 });
    expect([one.width, one.height]).toEqual([100, HEIGHT]);
  });

  it("of a chain is a straight line from left to right", () => {
    const { places, edges: laid, width, height } = of(edges("a>b", "b>c"));
    expect([...places.values()].map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [150, 0],
      [300, 0],
    ]);
    expect([width, height]).toEqual([400, HEIGHT]);
    expect(pathOf(laid[0]?.points ?? [])).toBe("M100 20L150 20");
  });

  it("puts what comes from nowhere beside what it leads to", () => {
    const { places } = of(edges("a>b", "b>c", "c>d", "late>d"));
    expect(places.get("late")?.column).toBe(2);
  });

  it("bends an edge around the columns that it passes", () => {
    const laid = of(edges("a>b", "b>c", "a>c"));
    const long = laid.edges.find(({ source, target }) => source === "a" && target === "c");
    expect(long?.points).toHaveLength(4);
    const b = laid.places.get("b");
    const bend = long?.points[1]?.y ?? 0;
    expect(bend < (b?.y ?? 0) || bend > (b?.y ?? 0) + HEIGHT).toBe(true);
  });

  it("turns an edge of a circle, and draws it the way it leads", () => {
    const laid = of(edges("run>version", "version>run", "data>run"));
    expect(laid.places.get("run")?.column).toBe(1);
    const back = laid.edges.find(({ source }) => source === "version");
    expect(back?.points[0]?.x).toBeGreaterThan(back?.points.at(-1)?.x ?? 0);
  });

  it("uncrosses what can be uncrossed", () => {
    const laid = of(edges("a>4", "b>3", "c>2", "d>1", "4>x", "3>x", "2>y", "1>y"));
    expect(numCrossings(laid)).toBe(0);
    expectApart(laid);
  });

  it("keeps nodes apart and edges forward in whatever graph", () => {
    let seed = 7;
    const random = (n: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    for (let round = 0; round < 30; round++) {
      const list = Array.from({ length: 40 }, () => `${random(14)}>${random(14)}`).filter(
        (pair) => pair.split(">")[0] !== pair.split(">")[1],
      );
      const laid = of(edges(...list));
      expectApart(laid);
      for (const { points } of laid.edges) {
        const xs = points.map(({ x }) => x);
        const isOrdered = (sign: number) =>
          xs.every((x, at) => at === 0 || (x - (xs[at - 1] ?? 0)) * sign >= 0);
        expect(isOrdered(1) || isOrdered(-1)).toBe(true);
      }
      for (const { x, y } of laid.places.values()) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(-1e-6);
        expect(y + HEIGHT).toBeLessThanOrEqual(laid.height + 1e-6);
      }
    }
  });

  it("takes 3,000 nodes", () => {
    const list = Array.from({ length: 3_000 }, (_, at) => `data>run${at}`);
    const laid = of(edges(...list));
    expect(laid.places.size).toBe(3_001);
    expectApart(laid);
    expect(laid.places.get("data")?.y).toBeCloseTo(laid.height / 2 - HEIGHT / 2, 3);
  });

  it("takes a chain of 3,000", () => {
    const list = Array.from({ length: 3_000 }, (_, at) => `${at}>${at + 1}`);
    expect(of(edges(...list)).places.get("3000")?.column).toBe(3_000);
  });
});

describe("arrow keys", () => {
  const laid = of(edges("data>a", "data>b", "a>model", "b>model"));

  it("lead along edges and within a column", () => {
    const first = (laid.places.get("a")?.y ?? 0) < (laid.places.get("b")?.y ?? 0) ? "a" : "b";
    const second = first === "a" ? "b" : "a";
    expect(neighbourOf(laid, "model", "right")).toBeNull();
    expect(neighbourOf(laid, first, "down")).toBe(second);
    expect(neighbourOf(laid, second, "up")).toBe(first);
    expect(neighbourOf(laid, second, "down")).toBeNull();
    expect(neighbourOf(laid, "a", "left")).toBe("data");
    expect(["a", "b"]).toContain(neighbourOf(laid, "data", "right"));
    expect(neighbourOf(laid, "nowhere", "left")).toBeNull();
  });
});
