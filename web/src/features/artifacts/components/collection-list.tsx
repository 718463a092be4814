/** A project's artifacts by type, searched. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ArtifactCollection } from "@/api/artifacts";
import type { ProjectRef } from "@/api/client";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { SearchField } from "@/ui/search-field";
import { type CollectionGroup, groupCollections, isMadeByClients, numberOf } from "../model";
import type { Collections } from "../queries";
import styles from "./collection-list.module.css";
import { LinkedMark } from "./linked-mark";
import { SkeletonLines } from "./skeleton-lines";

interface CollectionListProps {
  project: ProjectRef;
  /** undefined while they load. */
  listing: Collections | undefined;
  chosen: string | undefined;
  search: string;
  onSearch: (text: string) => void;
}

export function CollectionList(props: CollectionListProps) {
  const { project, listing, chosen, search, onSearch } = props;
  const m = useMessages();
  const groups = listing ? groupCollections(listing, search) : [];
  return (
    <nav className={styles.side} aria-label={m.artifacts.title}>
      <div className={styles.bar}>
        <SearchField label={m.artifacts.search} value={search} onChange={onSearch} />
      </div>
      <div className={styles.scroll}>
        {!listing && <SkeletonLines widths={[120, 190, 150, 210, 130]} />}
        {listing && groups.length === 0 && <p className={styles.nothing}>{m.artifacts.noMatch}</p>}
        {groups.map((group) => {
          const Group =
            isMadeByClients(group.type) && search.trim() === "" && !holds(group, chosen)
              ? FoldedGroup
              : OpenGroup;
          return <Group key={group.type} group={group} project={project} chosen={chosen} />;
        })}
      </div>
    </nav>
  );
}

interface GroupProps {
  group: CollectionGroup;
  project: ProjectRef;
  chosen: string | undefined;
}

const holds = ({ collections }: CollectionGroup, chosen: string | undefined) =>
  collections.some(({ name }) => name === chosen);

function OpenGroup(props: GroupProps) {
  const { type, collections } = props.group;
  return (
    <section aria-label={type}>
      <h2 className={styles.type}>
        <bdi>{type}</bdi>
        <span className={styles.count}>{collections.length}</span>
      </h2>
      <GroupList {...props} />
    </section>
  );
}

/** What clients log by themselves: with a thousand runs it would be all that one sees. */
function FoldedGroup(props: GroupProps) {
  const [isOpen, setOpen] = useState(false);
  const { type, collections } = props.group;
  return (
    <details aria-label={type} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={styles.folded}>
        <bdi>{type}</bdi> <span className={styles.count}>{collections.length}</span>
      </summary>
      {isOpen && <GroupList {...props} />}
    </details>
  );
}

function GroupList({ group, project, chosen }: GroupProps) {
  return (
    <ul className={styles.list}>
      {group.collections.map((one) => (
        <li key={one.name}>
          <CollectionLink project={project} collection={one} isChosen={one.name === chosen} />
        </li>
      ))}
    </ul>
  );
}

interface CollectionLinkProps {
  project: ProjectRef;
  collection: ArtifactCollection;
  isChosen: boolean;
}

function CollectionLink({ project, collection, isChosen }: CollectionLinkProps) {
  const m = useMessages();
  const { name, type, kind, latest, num_versions } = collection;
  return (
    <Link
      to="/$entity/$project/artifacts/$type/$collection"
      params={{ ...project, type, collection: name }}
      search={(old) => old}
      className={styles.collection}
      aria-current={isChosen ? "page" : undefined}
      title={`${name} · ${m.artifacts.numVersions(num_versions)}`}
    >
      <bdi className={styles.name}>{name}</bdi>
      {kind === "portfolio" && <LinkedMark />}
      <span className={styles.latest}>{latest && numberOf(latest)}</span>
      <span className={styles.size}>{latest && formatBytes(latest.size_bytes)}</span>
    </Link>
  );
}
