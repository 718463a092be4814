/**
 * Places for the nodes of a graph that reads from left to right. Pure, and the same for the same
 * graph.
 *
 * In the manner of Sugiyama: edges that would lead back are turned, each node stands one column
 * behind the last of those it comes from, edges that pass columns get a bend in each, columns are
 * ordered by where their neighbours are, and then heights are evened out.
 */

export interface LayoutNode {
  id: string;
  height: number;
}

export interface LayoutEdge {
  source: string;
  target: string;
}

export interface Point {
  x: number;
  y: number;
}

export interface LaidOutEdge extends LayoutEdge {
  /** From the right edge of its source to the left edge of its target, bends between. */
  points: readonly Point[];
}

export interface Layout {
  /** Left upper corners. */
  places: ReadonlyMap<string, Point & { column: number }>;
  edges: readonly LaidOutEdge[];
  width: number;
  height: number;
}

export interface Spacing {
  nodeWidth: number;
  columnGap: number;
  rowGap: number;
}

/** A node, or where an edge passes a column. */
interface Item {
  node: LayoutNode | null;
  column: number;
  height: number;
  before: number[];
  after: number[];
  /** Its middle. */
  y: number;
}

const SWEEPS = 12;
const BEND_HEIGHT = 6;

export function layOut(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  { nodeWidth, columnGap, rowGap }: Spacing,
): Layout {
  const index = new Map(nodes.map(({ id }, at) => [id, at]));
  const known = edges.flatMap((edge) => {
    const [from, to] = [index.get(edge.source), index.get(edge.target)];
    return from === undefined || to === undefined || from === to ? [] : [{ edge, from, to }];
  });
  const turned = turnedEdges(nodes.length, known);
  const forward = known.map(({ edge, from, to }, at) =>
    turned.has(at) ? { edge, from: to, to: from } : { edge, from, to },
  );
  const columns = columnsOf(nodes.length, forward);
  const items: Item[] = nodes.map((node, at) => ({
    node,
    column: columns[at] ?? 0,
    height: node.height,
    before: [],
    after: [],
    y: 0,
  }));
  const chains = forward.map(({ from, to }) => addChain(items, from, to));
  const layers = orderLayers(items);
  spread(items, layers, rowGap);
  const step = nodeWidth + columnGap;
  const top = Math.min(0, ...layers.flatMap((layer) => edgeOf(items, layer[0], -1)));
  const bottom = Math.max(0, ...layers.flatMap((layer) => edgeOf(items, layer.at(-1), 1)));
  const places = new Map(
    items.flatMap(({ node, column, height, y }) =>
      node ? [[node.id, { x: column * step, y: y - height / 2 - top, column }] as const] : [],
    ),
  );
  return {
    places,
    edges: forward.map(({ edge }, at) => {
      const chain = chains[at] ?? [];
      const points = chain.flatMap((one, place): Point[] => {
        const item = items[one];
        if (!item) return [];
        const [x, y] = [item.column * step, item.y - top];
        if (place === 0) return [{ x: x + nodeWidth, y }];
        if (place === chain.length - 1) return [{ x, y }];
        return [
          { x, y },
          { x: x + nodeWidth, y },
        ];
      });
      return { ...edge, points: turned.has(at) ? points.reverse() : points };
    }),
    width: layers.length === 0 ? 0 : layers.length * step - columnGap,
    height: bottom - top,
  };
}

interface KnownEdge {
  from: number;
  to: number;
}

/** Edges that close a circle: a run may use what it logged. */
function turnedEdges(numNodes: number, edges: readonly KnownEdge[]): Set<number> {
  const out: number[][] = Array.from({ length: numNodes }, () => []);
  for (const [at, { from }] of edges.entries()) out[from]?.push(at);
  const state = new Uint8Array(numNodes);
  const turned = new Set<number>();
  // Where nothing comes from elsewhere first, so that a circle is cut where it is entered.
  const comesFrom = new Uint8Array(numNodes);
  for (const { to } of edges) comesFrom[to] = 1;
  const starts = Array.from({ length: numNodes }, (_, at) => at).sort(
    (a, b) => (comesFrom[a] ?? 0) - (comesFrom[b] ?? 0) || a - b,
  );
  for (const start of starts) {
    if (state[start] !== 0) continue;
    // By hand: a chain may be longer than the stack.
    const path: { node: number; next: number }[] = [{ node: start, next: 0 }];
    state[start] = 1;
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (!top) break;
      const at = out[top.node]?.[top.next];
      if (at === undefined) {
        state[top.node] = 2;
        path.pop();
        continue;
      }
      top.next += 1;
      const to = edges[at]?.to ?? 0;
      if (state[to] === 1) turned.add(at);
      else if (state[to] === 0) {
        state[to] = 1;
        path.push({ node: to, next: 0 });
      }
    }
  }
  return turned;
}

/** One behind the last that it comes from; what comes from nowhere stands just before its first. */
function columnsOf(numNodes: number, edges: readonly KnownEdge[]): number[] {
  const out: number[][] = Array.from({ length: numNodes }, () => []);
  const waiting = new Array<number>(numNodes).fill(0);
  for (const { from, to } of edges) {
    out[from]?.push(to);
    waiting[to] = (waiting[to] ?? 0) + 1;
  }
  const columns = new Array<number>(numNodes).fill(0);
  const isSource = waiting.map((count) => count === 0);
  const ready = isSource.flatMap((is, at) => (is ? [at] : []));
  for (let at = 0; at < ready.length; at++) {
    const node = ready[at] ?? 0;
    for (const to of out[node] ?? []) {
      columns[to] = Math.max(columns[to] ?? 0, (columns[node] ?? 0) + 1);
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  for (const [node, targets] of out.entries()) {
    if (!isSource[node] || targets.length === 0) continue;
    columns[node] = Math.min(...targets.map((to) => columns[to] ?? 0)) - 1;
  }
  const least = Math.min(0, ...columns);
  return columns.map((column) => column - least);
}

/** The items of an edge from end to end, with a bend in each column that it passes. */
function addChain(items: Item[], from: number, to: number): number[] {
  const [first, last] = [items[from]?.column ?? 0, items[to]?.column ?? 0];
  const chain = [from];
  for (let column = first + 1; column < last; column++) {
    items.push({ node: null, column, height: BEND_HEIGHT, before: [], after: [], y: 0 });
    chain.push(items.length - 1);
  }
  chain.push(to);
  for (let at = 1; at < chain.length; at++) {
    const [a, b] = [chain[at - 1] ?? 0, chain[at] ?? 0];
    items[a]?.after.push(b);
    items[b]?.before.push(a);
  }
  return chain;
}

/** Columns from left to right, each in the order in which edges cross least, as far as is found. */
function orderLayers(items: readonly Item[]): number[][] {
  const numColumns = Math.max(-1, ...items.map(({ column }) => column)) + 1;
  let layers: number[][] = Array.from({ length: numColumns }, () => []);
  for (const [at, { column }] of items.entries()) layers[column]?.push(at);
  let best = layers;
  let fewest = crossings(items, layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isForward = sweep % 2 === 0;
    layers = sorted(items, layers, isForward);
    const count = crossings(items, layers);
    if (count < fewest) [best, fewest] = [layers, count];
  }
  return best;
}

function sorted(
  items: readonly Item[],
  layers: readonly number[][],
  isForward: boolean,
): number[][] {
  const position = new Float64Array(items.length);
  for (const layer of layers) for (const [at, item] of layer.entries()) position[item] = at;
  const next = layers.map((layer) => [...layer]);
  const order = next.map((_, at) => at);
  if (!isForward) order.reverse();
  for (const column of order) {
    const layer = next[column];
    if (!layer) continue;
    const wish = new Map(
      layer.map((item) => {
        const { before = [], after = [] } = items[item] ?? {};
        const near = isForward ? before : after;
        return [item, near.length === 0 ? position[item] : mean(near, position)] as const;
      }),
    );
    layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || compare(position, a, b));
    for (const [at, item] of layer.entries()) position[item] = at;
  }
  return next;
}

function compare(position: Float64Array, a: number, b: number): number {
  return (position[a] ?? 0) - (position[b] ?? 0);
}

function mean(items: readonly number[], of: Float64Array): number {
  let sum = 0;
  for (const item of items) sum += of[item] ?? 0;
  return sum / items.length;
}

/** Pairs of edges between neighbouring columns that cross. */
export function crossings(
  items: readonly { after: readonly number[] }[],
  layers: readonly (readonly number[])[],
): number {
  let total = 0;
  for (let column = 0; column + 1 < layers.length; column++) {
    const place = new Map((layers[column + 1] ?? []).map((item, at) => [item, at]));
    const ends: number[] = [];
    for (const item of layers[column] ?? []) {
      const here = (items[item]?.after ?? []).flatMap((to) => place.get(to) ?? []);
      ends.push(...here.sort((a, b) => a - b));
    }
    total += inversions(ends, place.size);
  }
  return total;
}

/** With a Fenwick tree: a graph of thousands of nodes has millions of pairs. */
function inversions(values: readonly number[], size: number): number {
  const tree = new Int32Array(size + 1);
  let count = 0;
  for (const [seen, value] of values.entries()) {
    let notAbove = 0;
    for (let at = value + 1; at > 0; at -= at & -at) notAbove += tree[at] ?? 0;
    count += seen - notAbove;
    for (let at = value + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  }
  return count;
}

const PASSES = 16;

/** Moves nodes to the height of their neighbours, as far as those above and below leave room. */
function spread(items: readonly Item[], layers: readonly number[][], rowGap: number): void {
  const need = (above: number, below: number) =>
    ((items[above]?.height ?? 0) + (items[below]?.height ?? 0)) / 2 + rowGap;
  for (const layer of layers) {
    let y = 0;
    for (const [at, item] of layer.entries()) {
      if (at > 0) y += need(layer[at - 1] ?? 0, item);
      const found = items[item];
      if (found) found.y = y;
    }
    for (const item of layer) {
      const found = items[item];
      if (found) found.y -= y / 2;
    }
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const order = pass % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of order) {
      const wishes = layer.map((item) => {
        const { before = [], after = [], y = 0 } = items[item] ?? {};
        const near = [...before, ...after];
        return near.length === 0
          ? y
          : near.reduce((sum, other) => sum + (items[other]?.y ?? 0), 0) / near.length;
      });
      const ys = keptApart(wishes, layer, need);
      for (const [at, item] of layer.entries()) {
        const found = items[item];
        if (found) found.y = ys[at] ?? 0;
      }
    }
  }
}

/**
 * The heights nearest to the wishes that keep order and distance: what is left of each wish once
 * the distances before it are taken off must not fall, and pools of what would are levelled.
 */
function keptApart(
  wishes: readonly number[],
  layer: readonly number[],
  need: (above: number, below: number) => number,
): number[] {
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, item] of layer.entries()) {
    if (at > 0) offset += need(layer[at - 1] ?? 0, item);
    offsets.push(offset);
  }
  const pools: { sum: number; count: number }[] = [];
  for (const [at, wish] of wishes.entries()) {
    pools.push({ sum: wish - (offsets[at] ?? 0), count: 1 });
    while (pools.length > 1) {
      const [a, b] = [pools[pools.length - 2], pools[pools.length - 1]];
      if (!a || !b || a.sum / a.count <= b.sum / b.count) break;
      pools.splice(-2, 2, { sum: a.sum + b.sum, count: a.count + b.count });
    }
  }
  const levels = pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
  return levels.map((level, at) => level + (offsets[at] ?? 0));
}

function edgeOf(items: readonly Item[], at: number | undefined, sign: 1 | -1): number[] {
  const item = at === undefined ? undefined : items[at];
  return item ? [item.y + (sign * item.height) / 2] : [];
}

/** An edge as an SVG path: level where it leaves, passes and arrives. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  let last = first;
  for (const point of rest) {
    const half = (point.x - last.x) / 2;
    path +=
      point.y === last.y
        ? `L${round(point.x)} ${round(point.y)}`
        : `C${round(last.x + half)} ${round(last.y)} ${round(point.x - half)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    last = point;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export type Step = "left" | "right" | "up" | "down";

/** Where an arrow key leads from a node: along an edge, or within its column. */
export function neighbourOf(layout: Layout, id: string, step: Step): string | null {
  const here = layout.places.get(id);
  if (!here) return null;
  const reached =
    step === "left"
      ? layout.edges.flatMap(({ source, target }) => (target === id ? [source] : []))
      : step === "right"
        ? layout.edges.flatMap(({ source, target }) => (source === id ? [target] : []))
        : [...layout.places.keys()].filter((other) => {
            const place = layout.places.get(other);
            if (!place || place.column !== here.column) return false;
            return step === "up" ? place.y < here.y : place.y > here.y;
          });
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const other of reached) {
    const place = layout.places.get(other);
    if (!place) continue;
    const far = Math.abs(place.y - here.y);
    if (far < least) [best, least] = [other, far];
  }
  return best;
}
