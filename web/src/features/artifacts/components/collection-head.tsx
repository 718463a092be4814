/** What a collection is called, which of its pages is shown, and what can be done with it. */
import { type ReactNode, useState } from "react";
import type { ArtifactCollection, CollectionRef } from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { Segmented } from "@/ui/segmented";
import { Tag } from "@/ui/tag";
import { COLLECTION_PAGES, type CollectionPage } from "../model";
import { useWords } from "../words/use-words";
import { CollectionDialog } from "./collection-dialog";
import styles from "./collection-head.module.css";
import { DeleteDialog } from "./delete-dialog";
import { LinkedMark } from "./linked-mark";

interface CollectionHeadProps {
  collectionRef: CollectionRef;
  collection: ArtifactCollection | undefined;
  total: number;
  /** Those of its newest versions, to say what goes with it. */
  aliases: readonly string[];
  page: CollectionPage;
  onPage: (page: CollectionPage) => void;
  /** What else leads somewhere from here; links have none. */
  renderTools: (collection: CollectionRef) => ReactNode;
  onGone: () => void;
  /** It is now called so, or of that type. */
  onMoved: (place: { collection: string; type: string }) => void;
}

export function CollectionHead(props: CollectionHeadProps) {
  const { collectionRef, collection, total, aliases, page, onPage } = props;
  const m = useMessages();
  const w = useWords();
  const [asking, setAsking] = useState<"delete" | "edit" | null>(null);
  const name = collectionRef.collection;
  const isLinks = collection?.kind === "portfolio";
  return (
    <header className={styles.head}>
      <h1 className={styles.title} title={name}>
        <bdi>{name}</bdi>
      </h1>
      {collection && <Tag>{collection.type}</Tag>}
      {isLinks && <LinkedMark />}
      {collection?.tags.map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
      <span className={styles.total}>{total > 0 && m.artifacts.numVersions(total)}</span>
      {collection?.description && (
        <p className={styles.said} title={collection.description} dir="auto">
          {collection.description}
        </p>
      )}
      <div className={styles.tools}>
        {collection && !isLinks && props.renderTools(collectionRef)}
        <Segmented
          label={w.pages.label}
          options={COLLECTION_PAGES.map((value) => ({ value, label: w.pages[value] }))}
          value={page}
          onChange={onPage}
        />
        <Menu
          label={m.artifacts.actions}
          align="end"
          trigger={<IconButton icon="more" label={m.artifacts.actions} />}
          items={[
            {
              label: w.edit.edit,
              icon: "pencil",
              isDisabled: collection === undefined,
              onSelect: () => setAsking("edit"),
            },
            "separator",
            {
              label: m.artifacts.deleteCollection,
              icon: "trash",
              isDanger: true,
              onSelect: () => setAsking("delete"),
            },
          ]}
        />
      </div>
      {asking === "edit" && collection && (
        <CollectionDialog
          at={collectionRef}
          collection={collection}
          onClose={() => setAsking(null)}
          onMoved={props.onMoved}
        />
      )}
      {asking === "delete" && (
        <DeleteDialog
          collection={collectionRef}
          version={null}
          name={name}
          title={m.artifacts.deleteTitle(name)}
          action={m.artifacts.delete}
          onClose={() => setAsking(null)}
          onDeleted={props.onGone}
        >
          {!isLinks && aliases.length > 0 && <p>{m.artifacts.losesAliases(aliases.join(", "))}</p>}
          <p>{isLinks ? m.artifacts.unlinkHint : m.artifacts.deleteAllHint(total)}</p>
        </DeleteDialog>
      )}
    </header>
  );
}
