/** All projects that the person can see; before the first one, how to make it appear. */
import { type ReactNode, useRef, useState } from "react";
import type { Project } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { ProjectTable, ProjectTableSkeleton } from "./components/project-table";
import { findProjects } from "./model";
import styles from "./projects.module.css";
import { useProjects } from "./queries";

interface ProjectsPageProps {
  /** Shown until the first run arrives. */
  waiting: ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ProjectsPage({ waiting, renderError }: ProjectsPageProps) {
  const { data: projects, error, refetch } = useProjects();
  if (error && !projects) return renderError(error, () => void refetch());
  if (projects?.length === 0) return waiting;
  return <ProjectList projects={projects} />;
}

function ProjectList({ projects }: { projects: readonly Project[] | undefined }) {
  const m = useMessages();
  const search = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  useShortcuts({ "/": { does: m.projects.filter, run: () => search.current?.focus() } });

  const found = projects && findProjects(projects, text);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{m.projects.title}</h1>
        <span className={styles.count}>{projects && m.projects.count(projects.length)}</span>
        <div className={styles.search}>
          <SearchField
            ref={search}
            label={m.projects.filter}
            value={text}
            onChange={setText}
            shortcut="/"
          />
        </div>
      </header>
      {found ? <ProjectTable projects={found} /> : <ProjectTableSkeleton />}
      {found?.length === 0 && <Notice title={m.projects.noMatch(text)} />}
    </div>
  );
}
