import { Link, useParams } from "@tanstack/react-router";
import { useRun } from "@/features/run/queries";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import styles from "./shell.module.css";

export function Breadcrumbs() {
  const m = useMessages();
  const { entity, project, run } = useParams({ strict: false });
  if (entity === undefined || project === undefined) {
    return <span className={styles.brand}>{m.app.name}</span>;
  }
  return (
    <nav className={styles.crumbs} aria-label={m.app.breadcrumbs}>
      <Link to="/" className={styles.crumb}>
        {entity}
      </Link>
      <span className={styles.slash}>/</span>
      <Link
        to="/$entity/$project"
        params={{ entity, project }}
        className={styles.crumb}
        title={project}
        dir="auto"
      >
        {project}
      </Link>
      {run !== undefined && <RunCrumb entity={entity} project={project} run={run} />}
    </nav>
  );
}

function RunCrumb(ref: { entity: string; project: string; run: string }) {
  const { data } = useRun(ref);
  const name = data ? runName(data) : ref.run;
  return (
    <>
      <span className={styles.slash}>/</span>
      <span className={styles.crumb} aria-current="page" title={name} dir="auto">
        {name}
      </span>
    </>
  );
}
