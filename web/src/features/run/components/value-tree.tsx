import { useState } from "react";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { SearchField } from "@/ui/search-field";
import { type TreeRow, treeRows } from "../tree";
import styles from "./value-tree.module.css";

interface ValueTreeProps {
  title: string;
  document: Readonly<Record<string, unknown>>;
  emptyText: string;
}

/** Below this a search field would be more chrome than help. */
const SEARCHABLE_FROM = 6;

/** More are drawn on demand: a run may have tens of thousands. */
const MAX_ROWS = 200;

/** A JSON document with branches that fold, searched by path and value. */
export function ValueTree({ title, document, emptyText }: ValueTreeProps) {
  const m = useMessages();
  const [search, setSearch] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [isWhole, setIsWhole] = useState(false);
  const count = Object.keys(document).length;
  const rows = treeRows(document, search, closed);

  const toggle = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
  };
  return (
    <section className={styles.section} aria-label={title}>
      <header className={styles.header}>
        <h2 className={styles.title}>{title}</h2>
        <span className={styles.count}>{count > 0 && count}</span>
      </header>
      {count >= SEARCHABLE_FROM && (
        <div className={styles.search}>
          <SearchField label={m.run.search(title)} value={search} onChange={setSearch} />
        </div>
      )}
      {count === 0 && <p className={styles.empty}>{emptyText}</p>}
      {count > 0 && rows.length === 0 && <p className={styles.empty}>{m.run.noMatch}</p>}
      <dl className={styles.rows}>
        {(isWhole ? rows : rows.slice(0, MAX_ROWS)).map((row) => (
          <ValueTreeRow
            key={row.path}
            row={row}
            isClosed={closed.has(row.path)}
            onToggle={toggle}
          />
        ))}
      </dl>
      {!isWhole && rows.length > MAX_ROWS && (
        <button type="button" className={styles.more} onClick={() => setIsWhole(true)}>
          {m.run.showAll(rows.length)}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  row: TreeRow;
  isClosed: boolean;
  onToggle: (path: string) => void;
}

function ValueTreeRow({ row, isClosed, onToggle }: RowProps) {
  const { path, name, depth, value, numChildren } = row;
  const indent = { paddingLeft: 12 + depth * 14 };
  if (value === null) {
    return (
      <div className={styles.row}>
        <dt className={styles.branchName}>
          <button
            type="button"
            className={classNames(styles.branch, !isClosed && styles.open)}
            style={indent}
            aria-expanded={!isClosed}
            title={path}
            onClick={() => onToggle(path)}
          >
            <Icon name="chevron" size={12} />
            {name}
          </button>
        </dt>
        <dd className={styles.count}>{isClosed ? numChildren : null}</dd>
      </div>
    );
  }
  return (
    <div className={styles.row}>
      <dt className={styles.name} style={indent} title={path}>
        {name}
      </dt>
      <dd className={classNames(styles.value, styles[value.kind])} title={value.exact}>
        <bdi>{value.text}</bdi>
      </dd>
    </div>
  );
}
