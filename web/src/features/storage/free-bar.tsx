/** What deleting the chosen would free, and doing so. */
import { useState } from "react";
import type { ProjectRef } from "@/api/client";
import { formatBytes } from "@/lib/format-bytes";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useToast } from "@/ui/toast";
import type { Selection } from "./model";
import { useDeleteChosen, useFreed, useRestoreRuns } from "./queries";
import styles from "./storage.module.css";
import { useWords } from "./words/use-words";

interface FreeBarProps {
  project: ProjectRef;
  selection: Selection;
  onClear: () => void;
}

export function FreeBar({ project, selection, onClear }: FreeBarProps) {
  const w = useWords();
  const toast = useToast();
  const { data, error } = useFreed(project, selection);
  const remove = useDeleteChosen(project);
  const restore = useRestoreRuns(project);
  const [isAsking, setAsking] = useState(false);
  const runs = [...selection.runs];
  const failed = (reason: Error) =>
    toast({ kind: "error", title: w.storage.notDeleted, detail: reason.message });
  const onDelete = () =>
    remove.mutate(selection, {
      onSuccess: () => {
        setAsking(false);
        onClear();
        const undo = {
          label: w.storage.undo,
          onClick: () => restore.mutate(runs, { onError: failed }),
        };
        toast({ title: w.storage.deleted, ...(runs.length > 0 ? { action: undo } : {}) });
      },
      onError: failed,
    });
  const what = w.storage.chosen(selection.runs.size, selection.collections.size);
  return (
    <section className={styles.free} aria-label={w.storage.wouldFreeTitle}>
      <p role="status">
        <span>{what}</span>
        {error ? (
          <span className={styles.error}>{error.message}</span>
        ) : (
          <strong>{data ? w.storage.wouldFree(formatBytes(data.total)) : "…"}</strong>
        )}
        {data && data.logical_bytes > data.artifact_bytes && (
          <span className={styles.aside}>{w.storage.shared(formatBytes(data.logical_bytes))}</span>
        )}
      </p>
      <div className={styles.actions}>
        <Button onClick={onClear}>{w.storage.clear}</Button>
        <Button isDanger disabled={!data} onClick={() => setAsking(true)}>
          {w.storage.delete}
        </Button>
      </div>
      {isAsking && data && (
        <Dialog
          title={w.storage.deleteTitle(formatBytes(data.total))}
          isOpen
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>{w.storage.cancel}</Button>
              <Button isDanger disabled={remove.isPending} onClick={onDelete}>
                {w.storage.deleteNow(formatBytes(data.total))}
              </Button>
            </>
          }
        >
          <div className={styles.asked}>
            <p>{what}</p>
            {selection.runs.size > 0 && (
              <p>{w.storage.runsGo(data.num_runs, formatBytes(data.runs.total))}</p>
            )}
            {selection.collections.size > 0 && (
              <p>{w.storage.versionsGo(data.num_versions, formatBytes(data.artifact_bytes))}</p>
            )}
          </div>
        </Dialog>
      )}
    </section>
  );
}
