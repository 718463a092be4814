/** What a run used, and what it logged. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ArtifactVersion } from "@/api/artifacts";
import type { RunRef } from "@/api/client";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { numberOf } from "../model";
import { useRunArtifacts } from "../queries";
import styles from "./artifacts.module.css";

interface RunArtifactsViewProps {
  run: RunRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function RunArtifactsView({ run, renderError }: RunArtifactsViewProps) {
  const m = useMessages();
  const { data, error, refetch } = useRunArtifacts(run);
  if (error && !data) return renderError(error, () => void refetch());
  return (
    <div className={styles.runPage}>
      <Side
        title={m.artifacts.outputs}
        versions={data?.outputs}
        total={data?.num_outputs ?? 0}
        emptyText={m.artifacts.noOutputs}
      />
      <Side
        title={m.artifacts.inputs}
        versions={data?.inputs}
        total={data?.num_inputs ?? 0}
        emptyText={m.artifacts.noInputs}
      />
    </div>
  );
}

interface SideProps {
  title: string;
  versions: readonly ArtifactVersion[] | undefined;
  total: number;
  emptyText: string;
}

function Side({ title, versions, total, emptyText }: SideProps) {
  const m = useMessages();
  return (
    <section className={styles.runSide} aria-label={title}>
      <h2 className={styles.runTitle}>
        {title}
        {total > 0 && <span className={styles.count}>{formatInteger(total)}</span>}
      </h2>
      {!versions && <Skeleton width={280} />}
      {versions?.length === 0 && <p className={styles.none}>{emptyText}</p>}
      {versions && versions.length > 0 && (
        <div className={styles.runScroll}>
          <table className={styles.table} aria-label={title}>
            <thead>
              <tr>
                <th scope="col">{m.artifacts.version}</th>
                <th scope="col">{m.artifacts.type}</th>
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
              </tr>
            </thead>
            <tbody>
              {versions.map((version) => (
                <Row
                  key={`${version.entity}/${version.project}/${version.collection}/${version.index}`}
                  version={version}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {versions && versions.length < total && (
        <p className={styles.none}>{m.artifacts.listed(versions.length, total)}</p>
      )}
    </section>
  );
}

function Row({ version }: { version: ArtifactVersion }) {
  const { entity, project, type, collection } = version;
  return (
    <tr>
      <th scope="row">
        <Link
          to="/$entity/$project/artifacts/$type/$collection/$version"
          params={{ entity, project, type, collection, version: numberOf(version) }}
          title={`${collection}:${numberOf(version)}`}
        >
          <bdi>{`${collection}:${numberOf(version)}`}</bdi>
        </Link>
      </th>
      <td>{type}</td>
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
    </tr>
  );
}
