/** A collection of a registry: its versions, each linked from where it was logged. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type {
  LinkedCollectionRef,
  Registry,
  RegistryCollection,
  RegistrySource,
  RegistryVersion,
} from "@/api/registry";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { Dialog } from "@/ui/dialog";
import { Menu } from "@/ui/menu";
import { Notice } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { useToast } from "@/ui/toast";
import { canLink, linkSnippet, usingSnippet } from "../model";
import {
  useDeleteCollection,
  useLinkedCollection,
  useLinkedVersions,
  useMoveAlias,
  useRegistry,
  useUnlink,
} from "../queries";
import { useWords } from "../words/use-words";
import { AliasEditor } from "./alias-chips";
import styles from "./registry.module.css";

interface LinkedCollectionViewProps {
  collectionRef: LinkedCollectionRef;
  onGone: () => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function LinkedCollectionView(props: LinkedCollectionViewProps) {
  const { collectionRef, onGone, renderError } = props;
  const w = useWords();
  const { data: registry } = useRegistry(collectionRef);
  const { data: collection, error, refetch } = useLinkedCollection(collectionRef);
  const found = useLinkedVersions(collectionRef);
  if (error && !collection) return renderError(error, () => void refetch());
  if (found.error && !found.versions) return renderError(found.error, found.retry);
  const alias = collection?.aliases.find((one) => one.is_protected)?.name ?? "latest";
  return (
    <div className={styles.page}>
      <Head
        collectionRef={collectionRef}
        collection={collection}
        registry={registry}
        onGone={onGone}
      />
      {found.versions?.length === 0 ? (
        <Notice title={w.noVersions}>
          {w.noVersionsHint}
          <div className={styles.snippet}>
            <CodeBlock code={linkSnippet(collectionRef.registry, collectionRef.collection)} />
          </div>
        </Notice>
      ) : (
        <>
          <Versions
            collectionRef={collectionRef}
            registry={registry}
            collection={collection}
            versions={found.versions}
          />
          {found.more && (
            <div className={styles.more}>
              <Button disabled={found.isLoadingMore} onClick={found.more}>
                {w.more}
              </Button>
            </div>
          )}
          <h2 className={styles.heading}>{w.copyUse}</h2>
          <CodeBlock code={usingSnippet(collectionRef.registry, collectionRef.collection, alias)} />
        </>
      )}
    </div>
  );
}

interface HeadProps {
  collectionRef: LinkedCollectionRef;
  collection: RegistryCollection | undefined;
  registry: Registry | undefined;
  onGone: () => void;
}

function Head({ collectionRef, collection, registry, onGone }: HeadProps) {
  const w = useWords();
  const toast = useToast();
  const remove = useDeleteCollection(collectionRef);
  const [isAsking, setAsking] = useState(false);
  const { organization, registry: name, collection: title } = collectionRef;
  const close = () => setAsking(false);
  const onDelete = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        toast({ title: w.removed(title) });
        onGone();
      },
      onError: (error) => {
        close();
        toast({ kind: "error", title: w.failed, detail: error.message });
      },
    });
  return (
    <>
      <nav className={styles.crumbs} aria-label={w.title}>
        <Link to="/registry">{w.title}</Link>
        <span aria-hidden="true">/</span>
        <span>{organization}</span>
        <span aria-hidden="true">/</span>
        <Link to="/registry/$organization/$registry" params={{ organization, registry: name }}>
          <bdi>{name}</bdi>
        </Link>
      </nav>
      <header className={styles.header}>
        <h1 className={styles.title} title={title}>
          <bdi>{title}</bdi>
        </h1>
        {collection && <Tag>{collection.type}</Tag>}
        <span className={styles.count}>{collection && w.numVersions(collection.num_versions)}</span>
        {registry && canLink(registry.role) && (
          <span className={styles.tools}>
            <Menu
              label={w.actions}
              align="end"
              trigger={<IconButton icon="more" label={w.actions} />}
              items={[
                {
                  label: w.removeCollection,
                  icon: "trash",
                  isDanger: true,
                  onSelect: () => setAsking(true),
                },
              ]}
            />
          </span>
        )}
      </header>
      <p className={styles.about} dir="auto">
        {collection ? collection.description : <Skeleton width={240} />}
      </p>
      {isAsking && (
        <Dialog
          title={w.removeCollectionTitle(title)}
          isOpen
          onClose={close}
          footer={
            <>
              <Button onClick={close}>{w.cancel}</Button>
              <Button isDanger disabled={remove.isPending} onClick={onDelete}>
                {w.remove}
              </Button>
            </>
          }
        >
          <p>{w.removeCollectionHint}</p>
        </Dialog>
      )}
    </>
  );
}

interface VersionsProps {
  collectionRef: LinkedCollectionRef;
  registry: Registry | undefined;
  collection: RegistryCollection | undefined;
  /** undefined while they load. */
  versions: readonly RegistryVersion[] | undefined;
}

function Versions({ collectionRef, registry, collection, versions }: VersionsProps) {
  const w = useWords();
  const m = useMessages();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
    <section className={styles.scroll} aria-label={w.versions} tabIndex={0}>
      <table className={styles.table} aria-label={w.versions}>
        <thead>
          <tr>
            <th scope="col">{w.version}</th>
            <th scope="col" className={styles.wide}>
              {w.aliases}
            </th>
            <th scope="col">{w.source}</th>
            <th scope="col">{w.run}</th>
            <th scope="col" className={styles.number}>
              {w.size}
            </th>
            <th scope="col" className={styles.number}>
              {w.linkedAt}
            </th>
            <th scope="col">
              <span className="visually-hidden">{m.artifacts.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions && registry && collection ? (
            versions.map((version) => (
              <VersionRow
                key={version.index}
                collectionRef={collectionRef}
                registry={registry}
                collection={collection}
                version={version}
              />
            ))
          ) : (
            <tr>
              {[24, 180, 160, 96, 48, 56].map((width) => (
                <td key={width}>
                  <Skeleton width={width} />
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

interface VersionRowProps {
  collectionRef: LinkedCollectionRef;
  registry: Registry;
  collection: RegistryCollection;
  version: RegistryVersion;
}

function VersionRow({ collectionRef, registry, collection, version }: VersionRowProps) {
  const number = `v${version.index}`;
  const moveAlias = useAliasMoves(collectionRef, collection);
  const { entity, project } = registry;
  return (
    <tr>
      <th scope="row" className={styles.nameCell}>
        <Link
          to="/$entity/$project/artifacts/$type/$collection/$version"
          params={{
            entity,
            project,
            type: collection.type,
            collection: collection.name,
            version: number,
          }}
        >
          {number}
        </Link>
      </th>
      <td>
        <AliasEditor
          aliases={version.aliases}
          version={number}
          role={registry.role}
          onAdd={(alias) => moveAlias(alias, number)}
          onRemove={(alias) => moveAlias(alias, null)}
        />
      </td>
      <SourceCells source={version.source} type={collection.type} />
      <td className={styles.number}>{formatBytes(version.size_bytes)}</td>
      <td className={styles.number}>
        <TimeAgo at={version.linked_at} />
      </td>
      <td className={styles.number}>
        {canLink(registry.role) && <UnlinkButton collectionRef={collectionRef} version={number} />}
      </td>
    </tr>
  );
}

/** Moves an alias as far as is known, and offers the way back. */
function useAliasMoves(ref: LinkedCollectionRef, collection: RegistryCollection) {
  const w = useWords();
  const toast = useToast();
  const move = useMoveAlias(ref);
  const onError = (error: Error) =>
    toast({ kind: "error", title: w.failed, detail: error.message });
  return (alias: string, version: string | null) => {
    const found = collection.aliases.find(({ name }) => name === alias);
    const expected = found === undefined ? "" : `v${found.index}`;
    const back = { alias, version: expected === "" ? null : expected, expected: version ?? "" };
    move.mutate(
      { alias, version, expected },
      {
        onError,
        onSuccess: () =>
          toast({
            title: version === null ? w.taken(alias) : w.moved(alias, version),
            action: { label: w.undo, onClick: () => move.mutate(back, { onError }) },
          }),
      },
    );
  };
}

interface SourceCellsProps {
  source: RegistrySource | null;
  type: string;
}

function SourceCells({ source, type }: SourceCellsProps) {
  const w = useWords();
  if (source === null) {
    return (
      <td colSpan={2} className={styles.muted}>
        {w.hiddenSource}
      </td>
    );
  }
  const { entity, project, collection, index, run } = source;
  const name = `${entity}/${project}/${collection}:v${index}`;
  return (
    <>
      <td className={styles.sourceCell} title={name}>
        <Link
          to="/$entity/$project/artifacts/$type/$collection/$version"
          params={{ entity, project, type, collection, version: `v${index}` }}
        >
          <bdi>{name}</bdi>
        </Link>
      </td>
      <td className={styles.sourceCell} title={source.run_display_name ?? undefined}>
        {run !== null && (
          <Link to="/$entity/$project/runs/$run" params={{ entity, project, run }}>
            <bdi>{source.run_display_name || run}</bdi>
          </Link>
        )}
      </td>
    </>
  );
}

interface UnlinkButtonProps {
  collectionRef: LinkedCollectionRef;
  version: string;
}

function UnlinkButton({ collectionRef, version }: UnlinkButtonProps) {
  const w = useWords();
  const toast = useToast();
  const unlink = useUnlink(collectionRef);
  const [isAsking, setAsking] = useState(false);
  const name = `${collectionRef.collection}:${version}`;
  const close = () => setAsking(false);
  const onUnlink = () =>
    unlink.mutate(version, {
      onSettled: close,
      onSuccess: () => toast({ title: w.unlinked(name) }),
      onError: (error) => toast({ kind: "error", title: w.failed, detail: error.message }),
    });
  return (
    <>
      <IconButton icon="close" label={`${w.unlink} ${name}`} onClick={() => setAsking(true)} />
      {isAsking && (
        <Dialog
          title={w.unlinkTitle(name)}
          isOpen
          onClose={close}
          footer={
            <>
              <Button onClick={close}>{w.cancel}</Button>
              <Button isDanger disabled={unlink.isPending} onClick={onUnlink}>
                {w.unlink}
              </Button>
            </>
          }
        >
          <p>{w.unlinkHint}</p>
        </Dialog>
      )}
    </>
  );
}
