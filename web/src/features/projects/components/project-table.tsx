import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Project } from "@/api/types";
import { formatCount } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import { type ProjectSort, stateCounts } from "../model";
import styles from "../projects.module.css";
import { ProjectMenu } from "./project-menu";

/** More are shown on demand: nobody reads thousands of lines, and the search finds any. */
const SHOWN_AT_ONCE = 200;

interface ProjectTableProps {
  projects: readonly Project[];
  sort: ProjectSort;
  onSort: (sort: ProjectSort) => void;
}

export function ProjectTable({ projects, sort, onSort }: ProjectTableProps) {
  const m = useMessages();
  const [numShown, setNumShown] = useState(SHOWN_AT_ONCE);
  const numHidden = Math.max(projects.length - numShown, 0);
  return (
    <>
      <TableFrame sort={sort} onSort={onSort}>
        {projects.slice(0, numShown).map((project) => (
          <ProjectRow key={`${project.entity}/${project.name}`} project={project} />
        ))}
      </TableFrame>
      {numHidden > 0 && (
        <div className={styles.more}>
          <Button onClick={() => setNumShown(numShown + SHOWN_AT_ONCE)}>
            {m.projects.showMore(numHidden)}
          </Button>
        </div>
      )}
    </>
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
          <td />
        </tr>
      ))}
    </TableFrame>
  );
}

interface TableFrameProps {
  sort?: ProjectSort;
  onSort?: (sort: ProjectSort) => void;
  children: ReactNode;
}

function TableFrame({ sort, onSort, children }: TableFrameProps) {
  const m = useMessages();
  const head = (by: ProjectSort, label: string) => (
    <SortHead label={label} isSorted={sort === by} onSort={onSort && (() => onSort(by))} />
  );
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" aria-sort={sort === "name" ? "ascending" : undefined}>
            {head("name", m.projects.name)}
          </th>
          <th
            scope="col"
            className={styles.number}
            aria-sort={sort === "runs" ? "descending" : undefined}
          >
            {head("runs", m.projects.runs)}
          </th>
          <th scope="col">{m.projects.states}</th>
          <th
            scope="col"
            className={styles.number}
            aria-sort={sort === "activity" ? "descending" : undefined}
          >
            {head("activity", m.projects.activity)}
          </th>
          <th scope="col">
            <span className="visually-hidden">{m.projects.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface SortHeadProps {
  label: string;
  isSorted: boolean;
  onSort: (() => void) | undefined;
}

function SortHead({ label, isSorted, onSort }: SortHeadProps) {
  return (
    <button
      type="button"
      className={styles.sort}
      data-sorted={isSorted}
      disabled={onSort === undefined}
      onClick={onSort}
    >
      {label}
    </button>
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
        {project.num_runs > 0 ? <TimeAgo at={project.last_activity_at} /> : m.projects.never}
      </td>
      <td className={styles.actions}>
        <ProjectMenu project={project} />
      </td>
    </tr>
  );
}
