/** A collection: its versions, and below them the one that is chosen. */
import { type ReactNode, useState } from "react";
import type {
  ArtifactCollection,
  ArtifactVersion,
  ArtifactVersionDetail,
  CollectionRef,
} from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { Notice } from "@/ui/notice";
import { Tag } from "@/ui/tag";
import { numberOf, type Tab } from "../model";
import { useVersions } from "../queries";
import styles from "./artifacts.module.css";
import { DeleteDialog } from "./delete-dialog";
import { VersionView } from "./version-view";
import { VersionsTable } from "./versions-table";

export interface VersionParts {
  tab: Tab;
  onTab: (tab: Tab) => void;
  renderFiles: (version: ArtifactVersionDetail) => ReactNode;
  renderMetadata: (metadata: Readonly<Record<string, unknown>>) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

interface CollectionViewProps extends VersionParts {
  collectionRef: CollectionRef;
  /** As the list has it; undefined while that loads. */
  collection: ArtifactCollection | undefined;
  /** As the address has it; undefined for the newest. */
  version: string | undefined;
  onOpen: (version: ArtifactVersion) => void;
  /** The version is gone: show the newest. */
  onVersionGone: () => void;
  onCollectionGone: () => void;
}

export function CollectionView(props: CollectionViewProps) {
  const { collectionRef, collection, version, onOpen, ...parts } = props;
  const m = useMessages();
  const { versions, total, error, retry, more, isLoadingMore } = useVersions(collectionRef);
  if (error && !versions) return props.renderError(error, retry);
  const newest = versions?.[0];
  const wanted = version ?? (newest && numberOf(newest));
  const chosen = versions?.find(
    (one) =>
      numberOf(one) === wanted || one.digest === wanted || one.aliases.includes(wanted ?? ""),
  );
  return (
    <div className={styles.page}>
      <CollectionHead
        collectionRef={collectionRef}
        collection={collection}
        total={total}
        onGone={props.onCollectionGone}
      />
      {versions?.length === 0 ? (
        <Notice title={m.artifacts.noVersions}>{m.artifacts.noVersionsHint}</Notice>
      ) : (
        <VersionsTable
          versions={versions}
          chosen={chosen?.index}
          total={total}
          more={more}
          isLoadingMore={isLoadingMore}
          onOpen={onOpen}
        />
      )}
      {wanted !== undefined && (
        <VersionView
          versionRef={{ ...collectionRef, version: wanted }}
          tab={parts.tab}
          onTab={parts.onTab}
          onGone={parts.onVersionGone}
          renderFiles={parts.renderFiles}
          renderMetadata={parts.renderMetadata}
          renderError={parts.renderError}
        />
      )}
    </div>
  );
}

interface CollectionHeadProps {
  collectionRef: CollectionRef;
  collection: ArtifactCollection | undefined;
  total: number;
  onGone: () => void;
}

function CollectionHead({ collectionRef, collection, total, onGone }: CollectionHeadProps) {
  const m = useMessages();
  const [isAsking, setAsking] = useState(false);
  const name = collectionRef.collection;
  return (
    <header className={styles.head}>
      <h1 className={styles.title} title={name}>
        <bdi>{name}</bdi>
      </h1>
      {collection && <Tag>{collection.type}</Tag>}
      {collection?.kind === "portfolio" && (
        <span className={styles.linked} title={m.artifacts.linkedHint}>
          {m.artifacts.linked}
        </span>
      )}
      <span className={styles.total}>{total > 0 && m.artifacts.numVersions(total)}</span>
      {collection?.description && (
        <p className={styles.said} title={collection.description} dir="auto">
          {collection.description}
        </p>
      )}
      <div className={styles.tools}>
        <Menu
          label={m.artifacts.actions}
          align="end"
          trigger={<IconButton icon="more" label={m.artifacts.actions} />}
          items={[
            {
              label: m.artifacts.deleteCollection,
              icon: "trash",
              isDanger: true,
              onSelect: () => setAsking(true),
            },
          ]}
        />
      </div>
      {isAsking && (
        <DeleteDialog
          collection={collectionRef}
          version={null}
          name={name}
          title={m.artifacts.deleteTitle(name)}
          action={m.artifacts.delete}
          onClose={() => setAsking(false)}
          onDeleted={onGone}
        >
          <p>
            {collection?.kind === "portfolio"
              ? m.artifacts.unlinkHint
              : m.artifacts.deleteAllHint(total)}
          </p>
        </DeleteDialog>
      )}
    </header>
  );
}
