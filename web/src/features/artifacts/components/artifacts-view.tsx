/** A project's artifacts: the list of collections, and beside it the one that is chosen. */
import type { ProjectRef } from "@/api/client";
import { useMessages } from "@/lib/i18n";
import { NARROW, useMedia } from "@/lib/use-media";
import { CodeBlock } from "@/ui/code-block";
import { Notice } from "@/ui/notice";
import { SplitPane } from "@/ui/split-pane";
import { firstArtifactCode } from "../model";
import { useCollections } from "../queries";
import styles from "./artifacts-view.module.css";
import { CollectionList } from "./collection-list";
import { type CollectionParts, CollectionView } from "./collection-view";

interface ArtifactsViewProps extends CollectionParts {
  project: ProjectRef;
  /** As the address has them. */
  type: string | undefined;
  collection: string | undefined;
  version: string | undefined;
  search: string;
  onSearch: (text: string) => void;
}

export function ArtifactsView(props: ArtifactsViewProps) {
  const { project, type, collection, version, search, onSearch, ...rest } = props;
  const m = useMessages();
  const isNarrow = useMedia(NARROW);
  const { data, error, refetch } = useCollections(project);
  if (error && !data) return props.renderError(error, () => void refetch());
  if (data?.collections.length === 0 && collection === undefined) {
    return (
      <div className={styles.first}>
        <Notice
          title={m.artifacts.empty}
          action={<CodeBlock code={firstArtifactCode(project)} />}
          isPage
        >
          {m.artifacts.emptyHint}
        </Notice>
      </div>
    );
  }
  const list = (
    <CollectionList
      project={project}
      listing={data}
      chosen={collection}
      search={search}
      onSearch={onSearch}
    />
  );
  if (isNarrow && collection === undefined) return list;
  return (
    <SplitPane
      // Where one column is shown at a time, choosing shows what was chosen.
      key={isNarrow ? collection : undefined}
      name="artifacts"
      label={m.artifacts.resize}
      names={[m.artifacts.title, m.artifacts.versions]}
      initialWidth={300}
      left={list}
    >
      {collection === undefined ? (
        <Notice title={m.artifacts.choose}>{m.artifacts.chooseHint}</Notice>
      ) : (
        <CollectionView
          key={collection}
          {...rest}
          collectionRef={{ ...project, collection }}
          type={type ?? ""}
          collection={data?.collections.find(({ name }) => name === collection)}
          version={version}
        />
      )}
    </SplitPane>
  );
}
