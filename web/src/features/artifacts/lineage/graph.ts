/** The graph as it is drawn: what is alike stands together until somebody opens it. Pure. */
import type { Lineage, LineageNode } from "@/api/artifacts";

export type Side = "upstream" | "here" | "downstream";

export interface SingleNode {
  kind: "version" | "run" | "hidden";
  id: string;
  node: LineageNode;
  side: Side;
}

export interface ClusterNode {
  kind: "cluster";
  id: string;
  /** What its members are. */
  of: "version" | "run";
  /** Of versions: the collection that they have in common. */
  collection: string | null;
  members: readonly LineageNode[];
  side: Side;
}

export type GraphNode = SingleNode | ClusterNode;

export interface GraphEdge {
  source: string;
  target: string;
  /** How many edges between runs and versions it stands for. */
  weight: number;
}

export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

/** More than these are drawn as one. */
export const CLUSTER_ABOVE = 6;
/** How many come out of a cluster at a time. */
export const OPENED_AT_ONCE = 20;

/**
 * Runs that come from the same nodes are alike, as are versions of one collection that come from
 * the same ones, or from runs that are alike; upstream of the start it is where they go that counts.
 *
 * @param opened How many members of a cluster stand for themselves, by its id.
 */
export function clusterGraph(lineage: Lineage, opened: ReadonlyMap<string, number>): Graph {
  const { nodes, edges } = lineage;
  const keys = likeness(lineage);
  const groups = new Map<string, number[]>();
  for (const [index, key] of keys.entries()) {
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  const ids: string[] = [];
  const drawn: GraphNode[] = [];
  for (const [key, members] of groups) {
    const isLarge = members.length > CLUSTER_ABOVE;
    const numSingle = isLarge ? Math.min(opened.get(key) ?? 0, members.length) : members.length;
    for (const index of members.slice(0, numSingle)) {
      const node = nodes[index];
      if (!node) continue;
      ids[index] = nodeId(node, index);
      drawn.push({ kind: kindOf(node), id: nodeId(node, index), node, side: sideOf(node) });
    }
    const rest = members.slice(numSingle);
    const first = nodes[rest[0] ?? -1];
    if (!first) continue;
    for (const index of rest) ids[index] = key;
    drawn.push({
      kind: "cluster",
      id: key,
      of: first.run ? "run" : "version",
      collection: first.version?.collection ?? null,
      members: rest.flatMap((index) => nodes[index] ?? []),
      side: sideOf(first),
    });
  }
  const weights = new Map<string, GraphEdge>();
  for (const [from, to] of edges) {
    const [source, target] = [ids[from], ids[to]];
    if (source === undefined || target === undefined || source === target) continue;
    const key = `${source}\n${target}`;
    const known = weights.get(key);
    if (known) known.weight += 1;
    else weights.set(key, { source, target, weight: 1 });
  }
  return { nodes: drawn, edges: [...weights.values()] };
}

/** For each node what it shares with those that are like it. */
function likeness({ nodes, edges }: Lineage): string[] {
  const nearer: number[][] = nodes.map(() => []);
  for (const [from, to] of edges) {
    const [a, b] = [distance(nodes[from]), distance(nodes[to])];
    if (a < b) nearer[to]?.push(from);
    if (b < a) nearer[from]?.push(to);
  }
  const order = nodes.map((_, index) => index);
  order.sort((a, b) => distance(nodes[a]) - distance(nodes[b]) || a - b);
  // Short names for what is alike: a key would else hold those of all that came before it.
  const names = new Map<string, string>();
  const keys: string[] = [];
  for (const index of order) {
    const node = nodes[index];
    if (!node) continue;
    if (node.level === 0 || (!node.version && !node.run)) {
      keys[index] = nodeId(node, index);
      continue;
    }
    const what = node.version
      ? `v ${node.version.entity}/${node.version.project}/${node.version.collection}`
      : `r ${node.run?.job_type ?? ""}`;
    const from = (nearer[index] ?? []).map((other) => keys[other] ?? "");
    const key = JSON.stringify([what, node.level < 0, [...new Set(from)].sort()]);
    const name = names.get(key) ?? `alike ${names.size}`;
    names.set(key, name);
    keys[index] = name;
  }
  return keys;
}

function distance(node: LineageNode | undefined): number {
  return Math.abs(node?.level ?? 0);
}

export function sideOf({ level }: LineageNode): Side {
  return level === 0 ? "here" : level < 0 ? "upstream" : "downstream";
}

function kindOf(node: LineageNode): "version" | "run" | "hidden" {
  return node.version ? "version" : node.run ? "run" : "hidden";
}

/** The same in every answer, so that a node keeps its place in mind when more is loaded. */
export function nodeId(node: LineageNode, index: number): string {
  if (node.version) {
    const { entity, project, collection, index: number } = node.version;
    return `version ${entity}/${project}/${collection}:v${number}`;
  }
  return node.run ? `run ${node.run.entity}/${node.run.project}/${node.run.id}` : `hidden ${index}`;
}

/** For a list: neighbours that are near come first, those upstream before the start. */
export function bySide(graph: Graph): { side: Side; nodes: GraphNode[] }[] {
  const sides: Side[] = ["upstream", "here", "downstream"];
  return sides
    .map((side) => ({ side, nodes: graph.nodes.filter((one) => one.side === side) }))
    .filter(({ nodes }) => nodes.length > 0);
}
