/** Collections of a registry, or of several. */
import { Link } from "@tanstack/react-router";
import type { RegistryCollection } from "@/api/registry";
import { formatInteger, MISSING } from "@/lib/format";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { useWords } from "../words/use-words";
import { AliasChip } from "./alias-chips";
import styles from "./registry.module.css";

interface CollectionsTableProps {
  /** undefined while they load. */
  collections: readonly RegistryCollection[] | undefined;
  /** Of several registries: which is said. */
  hasRegistry?: boolean;
}

export function CollectionsTable({ collections, hasRegistry = false }: CollectionsTableProps) {
  const w = useWords();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
    <section className={styles.scroll} aria-label={w.collections} tabIndex={0}>
      <table className={styles.table} aria-label={w.collections}>
        <thead>
          <tr>
            <th scope="col">{w.collection}</th>
            {hasRegistry && <th scope="col">{w.registry}</th>}
            <th scope="col">{w.type}</th>
            <th scope="col" className={styles.number}>
              {w.versions}
            </th>
            <th scope="col" className={styles.wide}>
              {w.aliases}
            </th>
            <th scope="col" className={styles.number}>
              {w.updated}
            </th>
          </tr>
        </thead>
        <tbody>
          {collections === undefined ? (
            <tr>
              {[160, 56, 24, 180, 48].map((width) => (
                <td key={width}>
                  <Skeleton width={width} />
                </td>
              ))}
            </tr>
          ) : (
            collections.map((one) => (
              <Row key={`${one.registry}/${one.name}`} one={one} hasRegistry={hasRegistry} />
            ))
          )}
        </tbody>
      </table>
    </section>
  );
}

function Row({ one, hasRegistry }: { one: RegistryCollection; hasRegistry: boolean }) {
  const { organization, registry, name } = one;
  return (
    <tr>
      <th scope="row" className={styles.nameCell} title={one.description || name}>
        <Link
          to="/registry/$organization/$registry/$collection"
          params={{ organization, registry, collection: name }}
        >
          <bdi>{name}</bdi>
        </Link>
      </th>
      {hasRegistry && (
        <td className={styles.nameCell}>
          <Link to="/registry/$organization/$registry" params={{ organization, registry }}>
            <bdi>{registry}</bdi>
          </Link>
        </td>
      )}
      <td>
        <Tag>{one.type}</Tag>
      </td>
      <td className={styles.number}>{formatInteger(one.num_versions)}</td>
      <td>
        <span className={styles.chips}>
          {one.aliases.length === 0 && MISSING}
          {one.aliases.map((alias) => (
            <AliasChip key={alias.name} alias={alias} hasIndex />
          ))}
        </span>
      </td>
      <td className={styles.number}>
        <TimeAgo at={one.updated_at} />
      </td>
    </tr>
  );
}
