/** The same as a list, where there is no room for a picture. */
import { Link } from "@tanstack/react-router";
import { useWords } from "../words/use-words";
import { bySide, type Graph } from "./graph";
import styles from "./lineage.module.css";
import { Members } from "./lineage-details";
import { NodeFace, nodeName, nodePlace } from "./node-face";

interface LineageListProps {
  graph: Graph;
  onOpen: (id: string) => void;
}

export function LineageList({ graph, onOpen }: LineageListProps) {
  const w = useWords();
  return (
    <section className={styles.listed} aria-label={w.lineage.list}>
      {bySide(graph).map(({ side, nodes }) => (
        <section key={side} aria-label={w.lineage[side]}>
          <h3 className={styles.side}>{w.lineage[side]}</h3>
          <ul className={styles.list}>
            {nodes.map((node) => {
              const place = nodePlace(node);
              return (
                <li key={node.id}>
                  {place ? (
                    <Link {...place} className={styles.item} data-kind={node.kind}>
                      <NodeFace node={node} />
                    </Link>
                  ) : node.kind === "cluster" ? (
                    <details className={styles.cluster}>
                      <summary>{nodeName(node, w)}</summary>
                      <Members node={node} onOpen={onOpen} />
                    </details>
                  ) : (
                    <span className={styles.item} data-kind={node.kind}>
                      <NodeFace node={node} />
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </section>
  );
}
