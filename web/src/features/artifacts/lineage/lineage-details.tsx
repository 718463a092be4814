/** Beside the graph: what is known of the node that is chosen. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatBytes } from "@/lib/format-bytes";
import { Button } from "@/ui/button";
import { StateMark } from "@/ui/state-mark";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { useWords } from "../words/use-words";
import { type Graph, type GraphNode, OPENED_AT_ONCE } from "./graph";
import styles from "./lineage.module.css";
import { nodeName, nodePlace } from "./node-face";

const MAX_MEMBERS = 100;

interface LineageDetailsProps {
  graph: Graph;
  node: GraphNode | null;
  onOpen: (id: string) => void;
}

export function LineageDetails({ graph, node, onOpen }: LineageDetailsProps) {
  const w = useWords();
  if (node === null) {
    return (
      <p className={styles.keys}>
        {graph.nodes.length === 1 ? w.lineage.alone : w.lineage.chooseHint}
      </p>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
    <aside className={styles.details} aria-label={w.lineage.details} tabIndex={0}>
      <h3 className={styles.title}>
        <bdi>{nodeName(node, w)}</bdi>
      </h3>
      {node.kind === "cluster" ? <Members node={node} onOpen={onOpen} /> : <Facts node={node} />}
    </aside>
  );
}

function Facts({ node }: { node: Exclude<GraphNode, { kind: "cluster" }> }) {
  const w = useWords();
  const { version, run, num_more } = node.node;
  const place = nodePlace(node);
  if (!version && !run) return <p className={styles.hint}>{w.lineage.hiddenHint}</p>;
  return (
    <>
      {version && version.aliases.length > 0 && (
        <p className={styles.chips}>
          {version.aliases.map((alias) => (
            <Tag key={alias}>{alias}</Tag>
          ))}
        </p>
      )}
      <dl className={styles.facts}>
        {version && <Fact name={w.lineage.type}>{version.type}</Fact>}
        {version && <Fact name={w.lineage.size}>{formatBytes(version.size_bytes)}</Fact>}
        {run && (
          <Fact name={w.lineage.state}>
            <StateMark state={run.state} withName />
          </Fact>
        )}
        {run?.job_type && <Fact name={w.lineage.jobType}>{run.job_type}</Fact>}
        <Fact name={w.lineage.created}>
          <TimeAgo at={(version ?? run)?.created_at ?? ""} />
        </Fact>
        <Fact name={w.lineage.project}>
          <bdi>{`${(version ?? run)?.entity}/${(version ?? run)?.project}`}</bdi>
        </Fact>
      </dl>
      {num_more > 0 && <p className={styles.hint}>{w.lineage.beyond(num_more)}</p>}
      {place && (
        <Link {...place} className={styles.link}>
          {version ? w.lineage.openVersion : w.lineage.openRun}
        </Link>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface MembersProps {
  node: Extract<GraphNode, { kind: "cluster" }>;
  onOpen: (id: string) => void;
}

export function Members({ node, onOpen }: MembersProps) {
  const w = useWords();
  const { members, side } = node;
  return (
    <>
      <Button onClick={() => onOpen(node.id)}>
        {w.lineage.open(Math.min(OPENED_AT_ONCE, members.length))}
      </Button>
      <ul className={styles.members}>
        {members.slice(0, MAX_MEMBERS).map((member) => {
          const id = member.version
            ? `${member.version.collection}:v${member.version.index}`
            : (member.run?.id ?? "");
          const kind = member.version ? "version" : "run";
          const single = { kind, id, node: member, side } as const;
          const place = nodePlace(single);
          return (
            <li key={id}>
              {member.run && <StateMark state={member.run.state} />}
              {place && (
                <Link {...place}>
                  <bdi>{nodeName(single, w)}</bdi>
                </Link>
              )}
            </li>
          );
        })}
      </ul>
      {members.length > MAX_MEMBERS && (
        <p className={styles.hint}>{w.lineage.moreOf(members.length - MAX_MEMBERS)}</p>
      )}
    </>
  );
}
