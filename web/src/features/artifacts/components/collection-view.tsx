/** A collection: its versions, and below them the one that is chosen; its metrics; two compared. */
import type { ReactNode } from "react";
import type {
  ArtifactCollection,
  ArtifactVersion,
  ArtifactVersionDetail,
  CollectionRef,
} from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";
import { type DiffParts, VersionDiff } from "../comparing/version-diff";
import { type MetricsParts, VersionMetrics } from "../measuring/version-metrics";
import { type CollectionPage, numberOf, type Tab } from "../model";
import { useVersions } from "../queries";
import { CollectionHead } from "./collection-head";
import styles from "./collection-view.module.css";
import { type VersionActions, VersionView } from "./version-view";
import { MoreVersions, VersionsTable } from "./versions-table";

export interface VersionParts {
  tab: Tab;
  onTab: (tab: Tab) => void;
  renderFiles: (version: ArtifactVersionDetail) => ReactNode;
  renderMetadata: (metadata: Readonly<Record<string, unknown>>) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
  versionActions: VersionActions;
}

export interface CollectionParts extends VersionParts {
  page: CollectionPage;
  onPage: (page: CollectionPage) => void;
  diff: Omit<DiffParts, "renderError">;
  metrics: Omit<MetricsParts, "renderError">;
  renderTools: (collection: CollectionRef) => ReactNode;
  onOpen: (version: ArtifactVersion) => void;
  /** The version is gone: show the newest. */
  onVersionGone: () => void;
  onCollectionGone: () => void;
  /** The collection has another name or type. */
  onCollectionMoved: (place: { collection: string; type: string }) => void;
}

interface CollectionViewProps extends CollectionParts {
  collectionRef: CollectionRef;
  /** As the address has it. */
  type: string;
  /** As the list has it; undefined while that loads. */
  collection: ArtifactCollection | undefined;
  /** As the address has it; undefined for the newest. */
  version: string | undefined;
}

export function CollectionView(props: CollectionViewProps) {
  const { collectionRef, collection, type, page, renderError } = props;
  const listing = useVersions(collectionRef);
  const { versions, total, error, retry } = listing;
  if (error && !versions) return renderError(error, retry);
  return (
    <div className={styles.page}>
      <CollectionHead
        collectionRef={collectionRef}
        collection={collection}
        total={total}
        aliases={versions?.flatMap(({ aliases }) => aliases) ?? []}
        page={page}
        onPage={props.onPage}
        renderTools={props.renderTools}
        onGone={props.onCollectionGone}
        onMoved={props.onCollectionMoved}
      />
      {page === "metrics" ? (
        <VersionMetrics
          at={{ ...collectionRef, type }}
          {...props.metrics}
          renderError={renderError}
        />
      ) : page === "compare" ? (
        <VersionDiff
          at={collectionRef}
          versions={versions}
          {...props.diff}
          renderError={renderError}
        />
      ) : (
        <Versions {...props} listing={listing} />
      )}
    </div>
  );
}

function Versions(props: CollectionViewProps & { listing: ReturnType<typeof useVersions> }) {
  const { collectionRef, version, onOpen } = props;
  const { versions, total, more, isLoadingMore } = props.listing;
  const m = useMessages();
  const newest = versions?.[0];
  const wanted = version ?? (newest && numberOf(newest));
  const chosen = versions?.find(
    (one) =>
      numberOf(one) === wanted || one.digest === wanted || one.aliases.includes(wanted ?? ""),
  );
  return (
    <>
      {versions?.length === 0 ? (
        <Notice title={m.artifacts.noVersions}>{m.artifacts.noVersionsHint}</Notice>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
        <section className={styles.versions} aria-label={m.artifacts.versions} tabIndex={0}>
          <VersionsTable
            label={m.artifacts.versions}
            versions={versions}
            of="collection"
            chosen={chosen?.index}
            onOpen={onOpen}
          />
          {more && versions && (
            <MoreVersions
              numListed={versions.length}
              total={total}
              isLoading={isLoadingMore}
              onMore={more}
            />
          )}
        </section>
      )}
      {wanted !== undefined && (
        <VersionView
          versionRef={{ ...collectionRef, version: wanted }}
          tab={props.tab}
          onTab={props.onTab}
          onGone={props.onVersionGone}
          renderFiles={props.renderFiles}
          renderMetadata={props.renderMetadata}
          actions={props.versionActions}
          renderError={props.renderError}
        />
      )}
    </>
  );
}
