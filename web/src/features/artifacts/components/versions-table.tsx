/** The versions of a collection, the newest first. */
import { Link } from "@tanstack/react-router";
import type { ArtifactRun, ArtifactVersion } from "@/api/artifacts";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { metadataLine, numberOf } from "../model";
import styles from "./artifacts.module.css";

interface VersionsTableProps {
  /** undefined while they load. */
  versions: readonly ArtifactVersion[] | undefined;
  chosen: number | undefined;
  total: number;
  more: (() => void) | null;
  isLoadingMore: boolean;
  onOpen: (version: ArtifactVersion) => void;
}

export function VersionsTable(props: VersionsTableProps) {
  const { versions, chosen, total, more, isLoadingMore, onOpen } = props;
  const m = useMessages();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
    <section className={styles.versions} aria-label={m.artifacts.versions} tabIndex={0}>
      <table className={styles.table} aria-label={m.artifacts.versions}>
        <thead>
          <tr>
            <th scope="col">{m.artifacts.version}</th>
            <th scope="col">{m.artifacts.aliases}</th>
            <th scope="col" className={styles.number}>
              {m.artifacts.size}
            </th>
            <th scope="col" className={styles.number}>
              {m.artifacts.files}
            </th>
            <th scope="col" className={styles.number}>
              {m.artifacts.created}
            </th>
            <th scope="col">{m.artifacts.run}</th>
            <th scope="col" className={styles.wide}>
              {m.artifacts.metadata}
            </th>
          </tr>
        </thead>
        <tbody>
          {versions ? (
            versions.map((version) => (
              <VersionRow
                key={version.index}
                version={version}
                isChosen={version.index === chosen}
                onOpen={onOpen}
              />
            ))
          ) : (
            <SkeletonRow />
          )}
        </tbody>
      </table>
      {more && versions && (
        <div className={styles.more}>
          <span>{m.artifacts.listed(versions.length, total)}</span>
          <Button disabled={isLoadingMore} onClick={more}>
            {m.artifacts.more}
          </Button>
        </div>
      )}
    </section>
  );
}

interface VersionRowProps {
  version: ArtifactVersion;
  isChosen: boolean;
  onOpen: (version: ArtifactVersion) => void;
}

function VersionRow({ version, isChosen, onOpen }: VersionRowProps) {
  const facts = metadataLine(version.metadata);
  return (
    <tr data-chosen={isChosen} onClick={() => onOpen(version)}>
      <th scope="row">
        <VersionLink version={version} isChosen={isChosen} />
      </th>
      <td>
        <span className={styles.chips}>
          {version.aliases.map((alias) => (
            <Tag key={alias}>{alias}</Tag>
          ))}
        </span>
      </td>
      <td className={styles.number}>{formatBytes(version.size_bytes)}</td>
      <td className={styles.number}>{formatInteger(version.num_files)}</td>
      <td className={styles.number}>
        <TimeAgo at={version.created_at} />
      </td>
      <td className={styles.runCell}>{version.logged_by && <RunLink run={version.logged_by} />}</td>
      <td className={styles.facts} title={facts}>
        {facts}
      </td>
    </tr>
  );
}

function VersionLink({ version, isChosen }: { version: ArtifactVersion; isChosen: boolean }) {
  const { entity, project, type, collection } = version;
  return (
    <Link
      to="/$entity/$project/artifacts/$type/$collection/$version"
      params={{ entity, project, type, collection, version: numberOf(version) }}
      search={(old) => old}
      className={styles.versionLink}
      aria-current={isChosen ? "true" : undefined}
      // The row has one, too.
      onClick={(event) => event.stopPropagation()}
    >
      {numberOf(version)}
    </Link>
  );
}

export function RunLink({ run }: { run: ArtifactRun }) {
  const { entity, project, id } = run;
  return (
    <Link
      to="/$entity/$project/runs/$run"
      params={{ entity, project, run: id }}
      className={styles.runLink}
      title={run.display_name}
      onClick={(event) => event.stopPropagation()}
    >
      <bdi>{run.display_name || id}</bdi>
    </Link>
  );
}

function SkeletonRow() {
  return (
    <tr>
      {[24, 64, 48, 24, 64, 96, 140].map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no identity but their place
        <td key={index}>
          <Skeleton width={width} />
        </td>
      ))}
    </tr>
  );
}
