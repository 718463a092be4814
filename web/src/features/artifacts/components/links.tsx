/** Runs and versions by their names, as links. */
import { Link } from "@tanstack/react-router";
import type { ArtifactRun, ArtifactVersion } from "@/api/artifacts";
import { numberOf } from "../model";
import styles from "./links.module.css";

export function RunLink({ run }: { run: ArtifactRun }) {
  const { entity, project, id } = run;
  return (
    <Link
      to="/$entity/$project/runs/$run"
      params={{ entity, project, run: id }}
      className={styles.run}
      title={run.display_name}
      // The row that it stands in leads elsewhere.
      onClick={(event) => event.stopPropagation()}
    >
      <bdi>{run.display_name || id}</bdi>
    </Link>
  );
}

interface VersionLinkProps {
  version: ArtifactVersion;
  /** Where other collections' versions are beside it. */
  isFull?: boolean;
  isChosen?: boolean;
}

export function VersionLink({ version, isFull = false, isChosen = false }: VersionLinkProps) {
  const { entity, project, type, collection } = version;
  const name = isFull ? `${collection}:${numberOf(version)}` : numberOf(version);
  return (
    <Link
      to="/$entity/$project/artifacts/$type/$collection/$version"
      params={{ entity, project, type, collection, version: numberOf(version) }}
      search={(old) => old}
      className={isFull ? undefined : styles.version}
      title={isFull ? name : undefined}
      aria-current={isChosen ? "true" : undefined}
      onClick={(event) => event.stopPropagation()}
    >
      <bdi>{name}</bdi>
    </Link>
  );
}
