/** Where a version or a run comes from and where it went: a graph, on a phone a list. */
import { type ReactNode, useMemo, useState } from "react";
import type { LineageDirection, VersionRef } from "@/api/artifacts";
import type { RunRef } from "@/api/client";
import { NARROW, useMedia } from "@/lib/use-media";
import { Button } from "@/ui/button";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { useLineage } from "../queries";
import { useWords } from "../words/use-words";
import { clusterGraph, OPENED_AT_ONCE } from "./graph";
import styles from "./lineage.module.css";
import { LineageDetails } from "./lineage-details";
import { LineageGraph } from "./lineage-graph";
import { LineageList } from "./lineage-list";

interface LineageViewProps {
  /** The version or run it is about. */
  of: VersionRef | RunRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

const FIRST_DEPTH = 10;
const FURTHER = 10;
const MAX_DEPTH = 100;
const NOTHING_OPEN: ReadonlyMap<string, number> = new Map();

export function LineageView({ of, renderError }: LineageViewProps) {
  const w = useWords();
  const isNarrow = useMedia(NARROW);
  const [direction, setDirection] = useState<LineageDirection>("both");
  const [depth, setDepth] = useState(FIRST_DEPTH);
  const [opened, setOpened] = useState(NOTHING_OPEN);
  const [chosen, setChosen] = useState<string | null>(null);
  const { data, error, refetch } = useLineage(of, { depth, direction });
  const graph = useMemo(() => data && clusterGraph(data, opened), [data, opened]);
  if (error && !data) return renderError(error, () => void refetch());
  const start = graph?.nodes.find(({ side }) => side === "here");
  const node = graph?.nodes.find(({ id }) => id === chosen) ?? null;
  const open = (id: string) =>
    setOpened((old) => new Map(old).set(id, (old.get(id) ?? 0) + OPENED_AT_ONCE));
  return (
    <div className={styles.view}>
      <header className={styles.bar}>
        <Segmented
          label={w.lineage.direction}
          options={[
            { value: "upstream", label: w.lineage.upstream },
            { value: "both", label: w.lineage.both },
            { value: "downstream", label: w.lineage.downstream },
          ]}
          value={direction}
          onChange={(next: LineageDirection) => setDirection(next)}
        />
        {data && <span className={styles.count}>{w.lineage.numShown(data.nodes.length)}</span>}
        {opened.size > 0 && (
          <Button onClick={() => setOpened(NOTHING_OPEN)}>{w.lineage.closeAll}</Button>
        )}
        {data && !data.is_whole && (
          <>
            <span className={styles.partial}>{w.lineage.partial}</span>
            {depth < MAX_DEPTH && (
              <Button onClick={() => setDepth(Math.min(MAX_DEPTH, depth + FURTHER))}>
                {w.lineage.further}
              </Button>
            )}
          </>
        )}
      </header>
      {!graph || !start ? (
        <div className={styles.waiting} aria-hidden="true">
          <Skeleton width={180} />
        </div>
      ) : isNarrow ? (
        <LineageList graph={graph} onOpen={open} />
      ) : (
        <div className={styles.split}>
          <LineageGraph
            graph={graph}
            start={start.id}
            chosen={chosen}
            onChoose={setChosen}
            onOpen={open}
          />
          <LineageDetails graph={graph} node={node} onOpen={open} />
        </div>
      )}
    </div>
  );
}
