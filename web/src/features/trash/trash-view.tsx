/** A project's deleted runs: when each is removed for good, and the way back. */
import { type ReactNode, useState } from "react";
import type { ProjectRef, RunRef } from "@/api/client";
import type { TrashedRun } from "@/api/trash";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { useToast } from "@/ui/toast";
import { useEmptyTrash, useRemoveRun, useRestoreRun, useTrash } from "./queries";
import { RemoveDialog } from "./remove-dialog";
import styles from "./trash.module.css";
import { TrashRow, TrashSkeleton, TrashTable } from "./trash-table";
import { useWords } from "./words/use-words";

interface TrashViewProps {
  project: ProjectRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** What is about to be removed for good. */
type Removing = TrashedRun | "all";

export function TrashView({ project, renderError }: TrashViewProps) {
  const m = useMessages();
  const w = useWords();
  const toast = useToast();
  const { runs, total, days, error, retry, more, isLoadingMore } = useTrash(project);
  const restore = useRestoreRun();
  const remove = useRemoveRun();
  const empty = useEmptyTrash();
  const [removing, setRemoving] = useState<Removing | null>(null);

  const refOf = (run: TrashedRun): RunRef => ({ ...project, run: run.id });
  const failed = (reason: Error) =>
    toast({ title: w.notDone, detail: reason.message, kind: "error" });
  const onRestore = (run: TrashedRun) =>
    restore.mutate(refOf(run), {
      onSuccess: () => toast({ title: w.restored(runName(run)) }),
      onError: failed,
    });
  const close = () => {
    remove.reset();
    empty.reset();
    setRemoving(null);
  };
  const onRemove = () => {
    if (removing === "all") empty.mutate(project, { onSuccess: close });
    else if (removing) remove.mutate(refOf(removing), { onSuccess: close });
  };

  if (error && !runs) return renderError(error, retry);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{w.title}</h1>
        {runs && <span className={styles.count}>{m.runs.count(total)}</span>}
        {total > 0 && (
          <Button isDanger className={styles.empty} onClick={() => setRemoving("all")}>
            {w.empty}
          </Button>
        )}
      </header>
      {days !== undefined && <p className={styles.hint}>{w.hint(days)}</p>}
      {!runs && <TrashSkeleton />}
      {runs?.length === 0 && <Notice title={w.nothing}>{w.nothingHint}</Notice>}
      {runs && runs.length > 0 && (
        <TrashTable label={w.title}>
          {runs.map((run) => (
            <TrashRow
              key={run.id}
              name={runName(run)}
              state={run.state}
              deletedAt={run.deleted_at}
              removedAt={run.removed_at}
            >
              <Button disabled={restore.isPending} onClick={() => onRestore(run)}>
                {w.restore}
              </Button>
              <Button aria-label={w.removeName(runName(run))} onClick={() => setRemoving(run)}>
                {w.remove}
              </Button>
            </TrashRow>
          ))}
        </TrashTable>
      )}
      {more && (
        <div className={styles.more}>
          <Button disabled={isLoadingMore} onClick={more}>
            {w.more}
          </Button>
        </div>
      )}
      {removing && (
        <RemoveDialog
          title={removing === "all" ? w.emptyTitle(total) : w.removeTitle(runName(removing))}
          error={remove.error ?? empty.error}
          isPending={remove.isPending || empty.isPending}
          onRemove={onRemove}
          onClose={close}
        />
      )}
    </div>
  );
}
