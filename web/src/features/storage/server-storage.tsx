/** What the whole server stores, or what the projects cost that one may see. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ServerStorage, StoredProject } from "@/api/storage";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";
import { KindBar, KindSums } from "./kind-bar";
import { bytesOfProject, sumOf, totalOf } from "./model";
import { useServerStorage } from "./queries";
import styles from "./storage.module.css";
import { StorageSkeleton } from "./storage-skeleton";
import { useWords } from "./words/use-words";

interface ServerStorageViewProps {
  isAdmin: boolean;
  entities: readonly string[];
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ServerStorageView({ isAdmin, entities, renderError }: ServerStorageViewProps) {
  const m = useMessages();
  const w = useWords();
  const { data, error, refetch } = useServerStorage(isAdmin, entities);
  if (error && !data) return renderError(error, () => void refetch());
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{w.storage.title}</h1>
        {data && <span className={styles.count}>{m.projects.count(data.projects.length)}</span>}
      </header>
      {!data && <StorageSkeleton />}
      {data?.projects.length === 0 && (
        <Notice title={w.storage.nothing}>{w.storage.nothingHint}</Notice>
      )}
      {data && data.projects.length > 0 && (
        <>
          <KindSums bytes={sumOf(data.projects.map(bytesOfProject))} />
          {data.server && <Disk server={data.server} />}
          <Projects projects={data.projects} />
        </>
      )}
    </div>
  );
}

function Disk({ server }: { server: ServerStorage }) {
  const w = useWords();
  return (
    <p className={styles.hint}>
      {w.storage.disk(
        formatBytes(server.database_bytes + server.log_bytes),
        formatBytes(server.free_bytes),
        formatBytes(server.blob_bytes),
        formatBytes(server.artifact_bytes),
      )}
      {server.num_removed > 0 &&
        ` ${w.storage.erasing(server.num_removed, formatBytes(server.removed.total))}`}
    </p>
  );
}

function Projects({ projects }: { projects: readonly StoredProject[] }) {
  const m = useMessages();
  const w = useWords();
  const max = Math.max(...projects.map((project) => totalOf(bytesOfProject(project))));
  return (
    <section className={styles.scroller} aria-label={m.projects.title}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{w.storage.project}</th>
            <th className={styles.number}>{w.storage.runs}</th>
            <th className={styles.number}>{w.storage.versions}</th>
            <th className={styles.number}>{w.storage.size}</th>
            <th className={styles.wide}>{w.storage.byKind}</th>
          </tr>
        </thead>
        <tbody>
          {projects.map((project) => {
            const bytes = bytesOfProject(project);
            const name = `${project.entity}/${project.name}`;
            return (
              <tr key={name}>
                <th scope="row" className={styles.name}>
                  <Link
                    to="/$entity/$project/storage"
                    params={{ entity: project.entity, project: project.name }}
                    title={name}
                  >
                    <bdi>{name}</bdi>
                  </Link>
                </th>
                <td className={styles.number}>
                  {formatInteger(project.num_runs + project.num_trashed)}
                </td>
                <td className={styles.number}>{formatInteger(project.artifacts.num_versions)}</td>
                <td className={styles.number}>{formatBytes(totalOf(bytes))}</td>
                <td className={styles.wide}>
                  <KindBar bytes={bytes} max={max} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
