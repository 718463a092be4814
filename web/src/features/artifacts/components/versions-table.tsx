/** Versions as a table: those of a collection, or what a run used and logged. */
import type { ReactNode } from "react";
import type { ArtifactVersion } from "@/api/artifacts";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { metadataLine } from "../model";
import { RunLink, VersionLink } from "./links";
import styles from "./versions-table.module.css";

interface VersionsTableProps {
  label: string;
  /** undefined while they load. */
  versions: readonly ArtifactVersion[] | undefined;
  /** Of one collection, or of many: then each says of which, and none says its run. */
  of: "collection" | "run";
  /** Number of the one that is shown below. */
  chosen?: number | undefined;
  onOpen?: (version: ArtifactVersion) => void;
}

export function VersionsTable({ label, versions, of, chosen, onOpen }: VersionsTableProps) {
  const m = useMessages();
  const isOfRun = of === "run";
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{m.artifacts.version}</th>
          {isOfRun && <th scope="col">{m.artifacts.type}</th>}
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
          {!isOfRun && <th scope="col">{m.artifacts.run}</th>}
          {!isOfRun && (
            <th scope="col" className={styles.wide}>
              {m.artifacts.metadata}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {versions ? (
          versions.map((version) => (
            <VersionRow
              key={`${version.entity}/${version.project}/${version.collection}/${version.index}`}
              version={version}
              isOfRun={isOfRun}
              isChosen={!isOfRun && version.index === chosen}
              onOpen={onOpen}
            />
          ))
        ) : (
          <SkeletonRow />
        )}
      </tbody>
    </table>
  );
}

interface VersionRowProps {
  version: ArtifactVersion;
  isOfRun: boolean;
  isChosen: boolean;
  onOpen: ((version: ArtifactVersion) => void) | undefined;
}

function VersionRow({ version, isOfRun, isChosen, onOpen }: VersionRowProps) {
  const facts = metadataLine(version.metadata);
  return (
    <tr data-chosen={isChosen} onClick={onOpen && (() => onOpen(version))}>
      <th scope="row">
        <VersionLink version={version} isFull={isOfRun} isChosen={isChosen} />
      </th>
      {isOfRun && <td>{version.type}</td>}
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
      {!isOfRun && (
        <td className={styles.run}>{version.logged_by && <RunLink run={version.logged_by} />}</td>
      )}
      {!isOfRun && (
        <td className={styles.facts} title={facts}>
          {facts}
        </td>
      )}
    </tr>
  );
}

interface MoreVersionsProps {
  numListed: number;
  total: number;
  isLoading: boolean;
  onMore: () => void;
}

/** What stands below a table that goes on. */
export function MoreVersions({
  numListed,
  total,
  isLoading,
  onMore,
}: MoreVersionsProps): ReactNode {
  const m = useMessages();
  return (
    <div className={styles.more}>
      <span>{m.artifacts.listed(numListed, total)}</span>
      <Button disabled={isLoading} onClick={onMore}>
        {m.artifacts.more}
      </Button>
    </div>
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
