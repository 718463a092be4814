import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Project } from "@/api/types";
import { formatCount } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import { stateCounts } from "../model";
import styles from "../projects.module.css";

export function ProjectTable({ projects }: { projects: readonly Project[] }) {
  return (
    <TableFrame>
      {projects.map((project) => (
        <ProjectRow key={`${project.entity}/${project.name}`} project={project} />
      ))}
    </TableFrame>
  );
}

export function ProjectTableSkeleton() {
  return (
    <TableFrame>
      {[180, 120, 220, 150].map((width) => (
        <tr key={width} className={styles.row}>
          <td>
            <Skeleton width={width} />
          </td>
          <td className={styles.number}>
            <Skeleton width={24} />
          </td>
          <td>
            <Skeleton width={110} />
          </td>
          <td className={styles.number}>
            <Skeleton width={48} />
          </td>
        </tr>
      ))}
    </TableFrame>
  );
}

function TableFrame({ children }: { children: ReactNode }) {
  const m = useMessages();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{m.projects.name}</th>
          <th scope="col" className={styles.number}>
            {m.projects.runs}
          </th>
          <th scope="col">{m.projects.states}</th>
          <th scope="col" className={styles.number}>
            {m.projects.activity}
          </th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function ProjectRow({ project }: { project: Project }) {
  const m = useMessages();
  const { entity, name, description } = project;
  return (
    <tr className={styles.row}>
      <td className={styles.nameCell}>
        <Link
          className={styles.name}
          to="/$entity/$project"
          params={{ entity, project: name }}
          title={`${entity}/${name}`}
        >
          <span className={styles.entity}>{entity}</span>
          <span className={styles.slash}>/</span>
          <bdi>{name}</bdi>
        </Link>
        {description && <span className={styles.description}>{description}</span>}
      </td>
      <td className={styles.number} title={String(project.num_runs)}>
        {formatCount(project.num_runs)}
      </td>
      <td>
        <span className={styles.states}>
          {stateCounts(project).map(({ state, count }) => (
            <span key={state} className={styles.stateCount}>
              <StateMark state={state} />
              {formatCount(count)}
            </span>
          ))}
        </span>
      </td>
      <td className={styles.number}>
        {project.last_activity_at ? <TimeAgo at={project.last_activity_at} /> : m.projects.never}
      </td>
    </tr>
  );
}
