/** All projects that the person can see; before the first one, how to make it appear. */
import { type ReactNode, useRef, useState } from "react";
import type { Project } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { usePaletteActions } from "@/lib/palette-actions";
import { useSearchText } from "@/lib/use-search-text";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { NewProjectDialog } from "./components/new-project-dialog";
import { ProjectTable, ProjectTableSkeleton } from "./components/project-table";
import { findProjects, type ProjectSort } from "./model";
import styles from "./projects.module.css";
import { useProjects } from "./queries";

interface ProjectsPageProps {
  /** What is looked for, and in which order: parts of the address. */
  search: string;
  sort: ProjectSort;
  onSearch: (text: string) => void;
  onSort: (sort: ProjectSort) => void;
  /** Who may own a new project. */
  entities: readonly string[];
  onCreated: (project: Project) => void;
  /** Shown until the first run arrives. */
  waiting: ReactNode;
  /** What stands beside the list. */
  aside: ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ProjectsPage(props: ProjectsPageProps) {
  const { data: projects, error, refetch } = useProjects();
  if (error && !projects) return props.renderError(error, () => void refetch());
  if (projects?.length === 0) return props.waiting;
  return <ProjectList {...props} projects={projects} />;
}

interface ProjectListProps extends ProjectsPageProps {
  projects: readonly Project[] | undefined;
}

function ProjectList({ projects, sort, onSort, ...props }: ProjectListProps) {
  const m = useMessages();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useSearchText(props.search, props.onSearch);
  const [isCreating, setCreating] = useState(false);
  const create = () => setCreating(true);
  useShortcuts(
    {
      "/": { does: m.projects.filter, run: () => field.current?.focus() },
      n: { does: m.projects.create, run: create },
    },
    { heading: m.projects.title },
  );
  usePaletteActions([{ id: "new-project", label: m.projects.create, shortcut: "n", run: create }]);

  const found = projects && findProjects(projects, text, sort);
  return (
    <div className={styles.page}>
      <section className={styles.main} aria-labelledby="projects">
        <header className={styles.header}>
          <h1 id="projects" className={styles.title}>
            {m.projects.title}
          </h1>
          <span className={styles.count}>{projects && m.projects.count(projects.length)}</span>
          <div className={styles.search}>
            <SearchField
              ref={field}
              label={m.projects.filter}
              value={text}
              onChange={setText}
              shortcut="/"
            />
          </div>
          <Button isPrimary onClick={create}>
            {m.projects.create}
          </Button>
        </header>
        {found ? (
          found.length > 0 && <ProjectTable projects={found} sort={sort} onSort={onSort} />
        ) : (
          <ProjectTableSkeleton />
        )}
        {found?.length === 0 && <Notice title={m.projects.noMatch(text)} />}
      </section>
      <aside className={styles.aside}>{props.aside}</aside>
      <NewProjectDialog
        isOpen={isCreating}
        entities={props.entities}
        onClose={() => setCreating(false)}
        onCreated={props.onCreated}
      />
    </div>
  );
}
