/** What deleting the chosen would free, and doing so. */
import { useState } from "react";
import type { ProjectRef } from "@/api/client";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useToast } from "@/ui/toast";
import type { Selection } from "./model";
import { useDeleteChosen, useFreed, useRestoreRuns } from "./queries";
import styles from "./storage.module.css";

interface FreeBarProps {
  project: ProjectRef;
  selection: Selection;
  onClear: () => void;
}

export function FreeBar({ project, selection, onClear }: FreeBarProps) {
  const m = useMessages();
  const toast = useToast();
  const { data, error } = useFreed(project, selection);
  const remove = useDeleteChosen(project);
  const restore = useRestoreRuns(project);
  const [isAsking, setAsking] = useState(false);
  const runs = [...selection.runs];
  const failed = (reason: Error) =>
    toast({ kind: "error", title: m.storage.notDeleted, detail: reason.message });
  const onDelete = () =>
    remove.mutate(selection, {
      onSuccess: () => {
        setAsking(false);
        onClear();
        const undo = {
          label: m.storage.undo,
          onClick: () => restore.mutate(runs, { onError: failed }),
        };
        toast({ title: m.storage.deleted, ...(runs.length > 0 ? { action: undo } : {}) });
      },
      onError: failed,
    });
  const what = m.storage.chosen(selection.runs.size, selection.collections.size);
  return (
    <section className={styles.free} aria-label={m.storage.wouldFreeTitle}>
      <p role="status">
        <span>{what}</span>
        {error ? (
          <span className={styles.error}>{error.message}</span>
        ) : (
          <strong>{data ? m.storage.wouldFree(formatBytes(data.total)) : "…"}</strong>
        )}
        {data && data.logical_bytes > data.artifact_bytes && (
          <span className={styles.aside}>{m.storage.shared(formatBytes(data.logical_bytes))}</span>
        )}
      </p>
      <div className={styles.actions}>
        <Button onClick={onClear}>{m.storage.clear}</Button>
        <Button isDanger disabled={!data} onClick={() => setAsking(true)}>
          {m.storage.delete}
        </Button>
      </div>
      {isAsking && data && (
        <Dialog
          title={m.storage.deleteTitle(formatBytes(data.total))}
          isOpen
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>{m.storage.cancel}</Button>
              <Button isDanger disabled={remove.isPending} onClick={onDelete}>
                {m.storage.deleteNow(formatBytes(data.total))}
              </Button>
            </>
          }
        >
          <div className={styles.asked}>
            <p>{what}</p>
            {selection.runs.size > 0 && (
              <p>{m.storage.runsGo(data.num_runs, formatBytes(data.runs.total))}</p>
            )}
            {selection.collections.size > 0 && (
              <p>{m.storage.versionsGo(data.num_versions, formatBytes(data.artifact_bytes))}</p>
            )}
          </div>
        </Dialog>
      )}
    </section>
  );
}
