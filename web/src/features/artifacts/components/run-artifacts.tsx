/** What a run used, and what it logged: as tables, and where that came from and went. */
import { type ReactNode, useState } from "react";
import type { ArtifactVersion } from "@/api/artifacts";
import type { RunRef } from "@/api/client";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { LineageView } from "../lineage/lineage-view";
import { useRunArtifacts } from "../queries";
import { useWords } from "../words/use-words";
import styles from "./run-artifacts.module.css";
import { VersionsTable } from "./versions-table";

interface RunArtifactsViewProps {
  run: RunRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function RunArtifactsView({ run, renderError }: RunArtifactsViewProps) {
  const m = useMessages();
  const w = useWords();
  const [view, setView] = useState<"tables" | "lineage">("tables");
  const { data, error, refetch } = useRunArtifacts(run);
  if (error && !data) return renderError(error, () => void refetch());
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <Segmented
          label={m.artifacts.view}
          options={[
            { value: "tables", label: w.pages.versions },
            { value: "lineage", label: m.artifacts.lineage },
          ]}
          value={view}
          onChange={(next: "tables" | "lineage") => setView(next)}
        />
      </div>
      {view === "lineage" ? (
        <LineageView of={run} renderError={renderError} />
      ) : (
        <div className={styles.page}>
          <Side
            title={m.artifacts.outputs}
            versions={data?.outputs}
            total={data?.num_outputs ?? 0}
            emptyText={m.artifacts.noOutputs}
          />
          <Side
            title={m.artifacts.inputs}
            versions={data?.inputs}
            total={data?.num_inputs ?? 0}
            emptyText={m.artifacts.noInputs}
          />
        </div>
      )}
    </div>
  );
}

interface SideProps {
  title: string;
  versions: readonly ArtifactVersion[] | undefined;
  total: number;
  emptyText: string;
}

function Side({ title, versions, total, emptyText }: SideProps) {
  const m = useMessages();
  return (
    <section className={styles.side} aria-label={title}>
      <h2 className={styles.title}>
        {title}
        {total > 0 && <span className={styles.count}>{formatInteger(total)}</span>}
      </h2>
      {!versions && <Skeleton width={280} />}
      {versions?.length === 0 && <p className={styles.none}>{emptyText}</p>}
      {versions && versions.length > 0 && (
        <div className={styles.scroll}>
          <VersionsTable label={title} versions={versions} of="run" />
        </div>
      )}
      {versions && versions.length < total && (
        <p className={styles.none}>{m.artifacts.listed(versions.length, total)}</p>
      )}
    </section>
  );
}
