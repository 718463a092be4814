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

interface TrashViewProps {
  project: ProjectRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** What is about to be removed for good. */
type Removing = TrashedRun | "all";

export function TrashView({ project, renderError }: TrashViewProps) {
  const m = useMessages();
  const toast = useToast();
  const { runs, total, days, error, retry, more, isLoadingMore } = useTrash(project);
  const restore = useRestoreRun();
  const remove = useRemoveRun();
  const empty = useEmptyTrash();
  const [removing, setRemoving] = useState<Removing | null>(null);

  const refOf = (run: TrashedRun): RunRef => ({ ...project, run: run.id });
  const failed = (reason: Error) =>
    toast({ title: m.trash.notDone, detail: reason.message, kind: "error" });
  const onRestore = (run: TrashedRun) =>
    restore.mutate(refOf(run), {
      onSuccess: () => toast({ title: m.trash.restored(runName(run)) }),
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
        <h1 className={styles.title}>{m.trash.title}</h1>
        {runs && <span className={styles.count}>{m.runs.count(total)}</span>}
        {total > 0 && (
          <Button isDanger className={styles.empty} onClick={() => setRemoving("all")}>
            {m.trash.empty}
          </Button>
        )}
      </header>
      {days !== undefined && <p className={styles.hint}>{m.trash.hint(days)}</p>}
      {!runs && <TrashSkeleton />}
      {runs?.length === 0 && <Notice title={m.trash.nothing}>{m.trash.nothingHint}</Notice>}
      {runs && runs.length > 0 && (
        <TrashTable label={m.trash.title}>
          {runs.map((run) => (
            <TrashRow
              key={run.id}
              name={runName(run)}
              state={run.state}
              deletedAt={run.deleted_at}
              removedAt={run.removed_at}
            >
              <Button disabled={restore.isPending} onClick={() => onRestore(run)}>
                {m.trash.restore}
              </Button>
              <Button
                aria-label={m.trash.removeName(runName(run))}
                onClick={() => setRemoving(run)}
              >
                {m.trash.remove}
              </Button>
            </TrashRow>
          ))}
        </TrashTable>
      )}
      {more && (
        <div className={styles.more}>
          <Button disabled={isLoadingMore} onClick={more}>
            {m.trash.more}
          </Button>
        </div>
      )}
      {removing && (
        <RemoveDialog
          title={
            removing === "all" ? m.trash.emptyTitle(total) : m.trash.removeTitle(runName(removing))
          }
          error={remove.error ?? empty.error}
          isPending={remove.isPending || empty.isPending}
          onRemove={onRemove}
          onClose={close}
        />
      )}
    </div>
  );
}
