import { describe, expect, it } from "vitest";
import type { Lineage, LineageNode } from "@/api/artifacts";
import { bySide, CLUSTER_ABOVE, clusterGraph } from "./graph";

const TIME = "2026-01-02T03:04:05Z";

function version(collection: string, index: number, level: number): LineageNode {
  const where = { entity: "lab", project: "shapes" };
  const sizes = { aliases: [], num_files: 1, size_bytes: 10, created_at: TIME };
  return {
    version: { ...where, collection, type: "t", index, ...sizes },
    run: null,
    level,
    num_more: 0,
  };
}

function run(id: string, level: number, job_type: string | null = null): LineageNode {
  const where = { entity: "lab", project: "shapes" };
  return {
    version: null,
    run: { ...where, id, display_name: id, job_type, state: "finished", created_at: TIME },
    level,
    num_more: 0,
  };
}

/** `data:v0`, used by so many runs, each of which logged a version of `model`. */
function fan(number: number): Lineage {
  const nodes = [version("data", 0, 0)];
  const edges: [number, number][] = [];
  for (let at = 0; at < number; at++) {
    const place = nodes.length;
    nodes.push(run(`r${at}`, 1), version("model", at, 2));
    edges.push([0, place], [place, place + 1]);
  }
  return { nodes, edges, is_whole: true };
}

const CLOSED: ReadonlyMap<string, number> = new Map();

describe("clusters", () => {
  it("leave a few nodes alone", () => {
    const graph = clusterGraph(fan(CLUSTER_ABOVE), CLOSED);
    expect(graph.nodes).toHaveLength(1 + 2 * CLUSTER_ABOVE);
    expect(graph.edges).toHaveLength(2 * CLUSTER_ABOVE);
    expect(graph.nodes.every(({ kind }) => kind !== "cluster")).toBe(true);
  });

  it("put 3,000 runs together, and what they logged", () => {
    const graph = clusterGraph(fan(3_000), CLOSED);
    expect(
      graph.nodes.map((one) =>
        one.kind === "cluster" ? [one.of, one.collection, one.members.length] : one.id,
      ),
    ).toEqual(["version lab/shapes/data:v0", ["run", null, 3_000], ["version", "model", 3_000]]);
    expect(graph.edges.map(({ weight }) => weight)).toEqual([3_000, 3_000]);
  });

  it("give some of their members out when they are opened", () => {
    const closed = clusterGraph(fan(50), CLOSED);
    const runs = closed.nodes.find((one) => one.kind === "cluster" && one.of === "run");
    const graph = clusterGraph(fan(50), new Map([[runs?.id ?? "", 20]]));
    expect(graph.nodes.filter(({ kind }) => kind === "run")).toHaveLength(20);
    const left = graph.nodes.flatMap((one) => (one.kind === "cluster" ? [one.members.length] : []));
    expect(left).toEqual([30, 50]);
    // Each of the 20 still leads to the models, which stay together.
    expect(graph.edges.filter(({ source }) => source.startsWith("run "))).toHaveLength(20);
    expect(clusterGraph(fan(50), new Map([[runs?.id ?? "", 99]])).nodes).toHaveLength(52);
  });

  it("keep apart what comes from elsewhere, or is of another kind of work", () => {
    const lineage = fan(10);
    const nodes = lineage.nodes.map((node, at) =>
      node.run && at < 10 ? { ...node, run: { ...node.run, job_type: "eval" } } : node,
    );
    const graph = clusterGraph({ ...lineage, nodes }, CLOSED);
    expect(graph.nodes.filter(({ kind }) => kind === "cluster")).toHaveLength(0);
  });

  it("never take in what is hidden, nor the start", () => {
    const hidden: LineageNode = { version: null, run: null, level: 1, num_more: 0 };
    const nodes = [version("data", 0, 0), ...Array.from({ length: 9 }, () => hidden)];
    const edges = nodes.slice(1).map((_, at): [number, number] => [0, at + 1]);
    const graph = clusterGraph({ nodes, edges, is_whole: true }, CLOSED);
    expect(graph.nodes.filter(({ kind }) => kind === "hidden")).toHaveLength(9);
  });

  it("are put on their sides", () => {
    const nodes = [run("here", 0), version("data", 0, -1), version("model", 0, 1)];
    const edges: [number, number][] = [
      [1, 0],
      [0, 2],
    ];
    const sides = bySide(clusterGraph({ nodes, edges, is_whole: true }, CLOSED));
    expect(sides.map(({ side, nodes: found }) => [side, found.length])).toEqual([
      ["upstream", 1],
      ["here", 1],
      ["downstream", 1],
    ]);
  });
});
