/** Deleted projects, with their runs: removed for good when their time has come. */
import type { ReactNode } from "react";
import type { TrashedProject } from "@/api/trash";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { useToast } from "@/ui/toast";
import { useRestoreProject, useTrashedProjects } from "./queries";
import styles from "./trash.module.css";
import { TrashRow, TrashSkeleton, TrashTable } from "./trash-table";
import { useWords } from "./words/use-words";

interface TrashedProjectsProps {
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function TrashedProjects({ renderError }: TrashedProjectsProps) {
  const m = useMessages();
  const w = useWords();
  const toast = useToast();
  const { data, error, refetch } = useTrashedProjects();
  const restore = useRestoreProject();
  const onRestore = ({ entity, name }: TrashedProject) =>
    restore.mutate(
      { entity, project: name },
      {
        onSuccess: () => toast({ title: w.restored(`${entity}/${name}`) }),
        onError: (reason) => toast({ title: w.notDone, detail: reason.message, kind: "error" }),
      },
    );

  if (error && !data) return renderError(error, () => void refetch());
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{w.deletedProjects}</h1>
      </header>
      {data && <p className={styles.hint}>{w.hint(data.trash_days)}</p>}
      {!data && <TrashSkeleton />}
      {data?.projects.length === 0 && <Notice title={w.nothing}>{w.nothingHint}</Notice>}
      {data && data.projects.length > 0 && (
        <TrashTable label={w.deletedProjects}>
          {data.projects.map((project) => (
            <TrashRow
              key={`${project.entity}/${project.name}`}
              name={`${project.entity}/${project.name}`}
              detail={m.runs.count(project.num_runs)}
              deletedAt={project.deleted_at}
              removedAt={project.removed_at}
            >
              <Button disabled={restore.isPending} onClick={() => onRestore(project)}>
                {w.restore}
              </Button>
            </TrashRow>
          ))}
        </TrashTable>
      )}
    </div>
  );
}
