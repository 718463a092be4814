/** What a node of the graph says, and where it leads. */
import { linkOptions } from "@tanstack/react-router";
import { Icon } from "@/ui/icons";
import { StateMark } from "@/ui/state-mark";
import type { Words } from "../words/en";
import { useWords } from "../words/use-words";
import type { GraphNode } from "./graph";
import styles from "./lineage.module.css";

export function nodeName(node: GraphNode, w: Words): string {
  switch (node.kind) {
    case "cluster":
      return node.collection === null
        ? w.lineage.numRuns(node.members.length)
        : w.lineage.numVersions(node.members.length, node.collection);
    case "hidden":
      return w.lineage.hidden;
    case "version":
    case "run": {
      const { version, run } = node.node;
      if (version) return `${version.collection}:v${version.index}`;
      return run?.display_name || run?.id || "";
    }
  }
}

/** The address of a run or version. */
export function nodePlace(node: GraphNode) {
  if (node.kind === "cluster") return null;
  const { version, run } = node.node;
  if (version) {
    const { entity, project, type, collection, index } = version;
    return linkOptions({
      to: "/$entity/$project/artifacts/$type/$collection/$version/$",
      params: { entity, project, type, collection, version: `v${index}`, _splat: "lineage" },
    });
  }
  return run
    ? linkOptions({
        to: "/$entity/$project/runs/$run/artifacts",
        params: { entity: run.entity, project: run.project, run: run.id },
      })
    : null;
}

export function NodeFace({ node }: { node: GraphNode }) {
  const w = useWords();
  return (
    <>
      <span className={styles.mark} aria-hidden="true">
        <NodeMark node={node} />
      </span>
      <span className={styles.face}>
        <bdi className={styles.name}>{nodeName(node, w)}</bdi>
        <span className={styles.detail}>
          <Detail node={node} />
        </span>
      </span>
    </>
  );
}

function NodeMark({ node }: { node: GraphNode }) {
  if (node.kind === "hidden") return <Icon name="eyeOff" size={14} />;
  const isRun = node.kind === "run" || (node.kind === "cluster" && node.of === "run");
  return <Icon name={isRun ? "run" : "artifacts"} size={14} />;
}

function Detail({ node }: { node: GraphNode }) {
  const w = useWords();
  if (node.kind === "hidden") return null;
  if (node.kind === "cluster") {
    return node.of === "run"
      ? (node.members[0]?.run?.job_type ?? null)
      : (node.members[0]?.version?.type ?? null);
  }
  const { version, run, num_more } = node.node;
  return (
    <>
      {run && <StateMark state={run.state} />}
      {version ? [version.type, ...version.aliases].join(" · ") : (run?.job_type ?? "")}
      {num_more > 0 && <span className={styles.more}>{w.lineage.beyond(num_more)}</span>}
    </>
  );
}
