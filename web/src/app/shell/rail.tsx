/** What there is at this place, as icons; the names show on hover. */
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { KeyboardHelp } from "./keyboard-help";
import styles from "./shell.module.css";

export function Rail() {
  const m = useMessages();
  const { entity, project, run } = useParams({ strict: false });
  const inProject = entity !== undefined && project !== undefined ? { entity, project } : null;
  return (
    <nav className={styles.rail} aria-label={m.app.navigation}>
      <RailItem name={m.projects.title}>
        <Link
          to="/"
          activeOptions={{ exact: true, includeSearch: false }}
          aria-label={m.projects.title}
        >
          <Icon name="projects" />
        </Link>
      </RailItem>
      {inProject && (
        <RailItem name={m.workspace.title}>
          <Link
            to="/$entity/$project"
            params={inProject}
            activeOptions={{ exact: true, includeSearch: false }}
            aria-label={m.workspace.title}
          >
            <Icon name="workspace" />
          </Link>
        </RailItem>
      )}
      {inProject && run !== undefined && (
        <RailItem name={m.run.overview}>
          <Link
            to="/$entity/$project/runs/$run"
            params={{ ...inProject, run }}
            aria-label={m.run.overview}
          >
            <Icon name="run" />
          </Link>
        </RailItem>
      )}
      <div className={styles.railEnd}>
        <KeyboardHelp />
      </div>
    </nav>
  );
}

function RailItem({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.railItem}>
      {children}
      <span className={styles.railName} aria-hidden="true">
        {name}
      </span>
    </div>
  );
}
