import { Link, useParams } from "@tanstack/react-router";
import type { RunRef } from "@/api/client";
import { useRun } from "@/features/run/queries";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { ProjectMenu, RunMenu } from "./crumb-menus";
import styles from "./shell.module.css";

export function Breadcrumbs() {
  const m = useMessages();
  const { entity, project, run } = useParams({ strict: false });
  if (entity === undefined || project === undefined) {
    return <span className={styles.brand}>{m.app.name}</span>;
  }
  return (
    <nav className={styles.crumbs} aria-label={m.app.breadcrumbs}>
      <Link to="/" className={styles.entity} title={m.app.home}>
        {entity}
      </Link>
      <span className={styles.slash}>/</span>
      <span className={styles.crumbGroup} data-last={run === undefined}>
        <Link
          to="/$entity/$project"
          params={{ entity, project }}
          className={styles.crumb}
          title={project}
        >
          <bdi>{project}</bdi>
        </Link>
        <ProjectMenu current={{ entity, project }} />
      </span>
      {run !== undefined && <RunCrumb entity={entity} project={project} run={run} />}
    </nav>
  );
}

function RunCrumb(ref: RunRef) {
  const { data } = useRun(ref);
  const name = data ? runName(data) : ref.run;
  return (
    <>
      <span className={styles.slash}>/</span>
      <span className={styles.crumbGroup} data-last="true">
        <Link to="/$entity/$project/runs/$run" params={ref} className={styles.crumb} title={name}>
          <bdi>{name}</bdi>
        </Link>
        <RunMenu current={ref} />
      </span>
    </>
  );
}
