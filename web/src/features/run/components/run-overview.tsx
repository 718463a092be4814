/** All that is known of a run, but for what it logged over time. */
import type { ReactNode } from "react";
import type { RunRef } from "@/api/client";
import type { BareRun } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { ErrorNotice } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { useEnvironment } from "../queries";
import { useEditRun } from "../use-edit-run";
import { EnvironmentFacts } from "./environment-facts";
import { NotesEditor } from "./notes-editor";
import styles from "./overview.module.css";
import { RunAlerts } from "./run-alerts";
import { RunDocument } from "./run-document";
import { RunFacts } from "./run-facts";
import { TagsEditor } from "./tags-editor";

interface RunOverviewProps {
  runRef: RunRef;
  run: BareRun | undefined;
  codeLink: (words: string) => ReactNode;
  mediaLink: (key: string, label: string) => ReactNode;
}

export function RunOverview({ runRef, run, codeLink, mediaLink }: RunOverviewProps) {
  const m = useMessages();
  const edit = useEditRun(runRef);
  const environment = useEnvironment(runRef, run?.state);
  if (!run) {
    return (
      <div className={styles.overview}>
        {[0, 1, 2].map((column) => (
          <div key={column} className={column === 0 ? styles.about : styles.column}>
            <Lines />
          </div>
        ))}
      </div>
    );
  }
  const asked = { runRef, seq: run.seq, isPane: true };
  return (
    <div className={styles.overview}>
      <div className={styles.about}>
        <div className={styles.tags}>
          <TagsEditor
            project={runRef}
            tags={run.tags}
            onChange={(tags) => edit.setTags(run, tags)}
          />
        </div>
        <div className={styles.notes}>
          <NotesEditor notes={run.notes} onSave={(notes) => edit.setNotes(run, notes)} />
        </div>
        <RunAlerts runRef={runRef} />
        <RunFacts run={run} />
        {environment.data ? (
          <EnvironmentFacts environment={environment.data} codeLink={codeLink} />
        ) : environment.error ? (
          <ErrorNotice
            title={m.run.noEnvironment}
            detail={environment.error.message}
            onRetry={() => void environment.refetch()}
          />
        ) : (
          <Lines />
        )}
      </div>
      <div className={styles.column}>
        <RunDocument {...asked} which="config" />
      </div>
      <div className={styles.column}>
        <RunDocument {...asked} which="summary" mediaLink={mediaLink} />
      </div>
    </div>
  );
}

function Lines() {
  return (
    <div className={styles.skeleton}>
      {[150, 210, 120, 240, 180, 200, 140].map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
