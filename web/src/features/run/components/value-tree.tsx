/** A JSON document as a tree of any size: searched, folded, copied. */
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import { classNames } from "@/lib/class-names";
import { copyText } from "@/lib/copy-text";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/menu";
import { SearchField } from "@/ui/search-field";
import { Skeleton } from "@/ui/skeleton";
import { useToast } from "@/ui/toast";
import {
  ASIDE,
  type Aside,
  branchPaths,
  clipboardText,
  type TreeRow,
  toJson,
  treeRows,
} from "../tree";
import styles from "./value-tree.module.css";

interface ValueTreeProps {
  title: string;
  /** undefined while it loads. */
  document: Readonly<Record<string, unknown>> | undefined;
  emptyText: string;
  /** Scrolls by itself, as high as it is given; else it is as high as its rows. */
  isPane?: boolean;
  /** A link to where media of this key are seen. */
  mediaLink?: ((key: string, label: string) => ReactNode) | undefined;
  /** What stands last, folded until somebody asks. */
  aside?: Aside | undefined;
  /** Where the document is a part of a longer one. */
  rest?: Rest | undefined;
}

/** What of a long document is elsewhere, and how one gets at it. */
interface Rest {
  /** Values of the first level in all of it, and in what the search found. */
  total: number;
  numFound: number;
  /** It is searched where it lies: `document` is what was found. */
  search: string;
  onSearch: (text: string) => void;
  /** The end of what is here is in sight. */
  onMore: () => void;
  loadAll: () => Promise<Readonly<Record<string, unknown>>>;
}

/** Below this a search field would be more chrome than help. */
const SEARCHABLE_FROM = 6;
const ROW_HEIGHT = 24;
/** Without a box of its own that scrolls, more are shown elsewhere. */
export const MAX_INLINE = 60;
/** Longer texts are folded to a line. */
const LONG = 48;
/** Of longer names, so many letters at the end stay in sight. */
const LONG_NAME = 20;
const TAIL = 12;

const NONE: ReadonlySet<string> = new Set();
const FOLDED: ReadonlySet<string> = new Set([ASIDE]);
const NOTHING: Readonly<Record<string, unknown>> = {};
/** So many rows before the end, more is asked for. */
const AHEAD = 60;

export function ValueTree({
  title,
  document: loaded,
  emptyText,
  isPane = false,
  mediaLink,
  aside,
  rest,
}: ValueTreeProps) {
  const m = useMessages();
  const toast = useToast();
  const document = loaded ?? NOTHING;
  const isLoading = loaded === undefined;
  const [ownSearch, setOwnSearch] = useState("");
  const search = rest?.search ?? ownSearch;
  const [closed, setClosed] = useState(FOLDED);
  const [unfolded, setUnfolded] = useState(NONE);
  const numHere = Object.keys(document).length;
  const count = rest?.total ?? numHere;
  // What was found elsewhere is shown as it is.
  const [here, folded] = rest && search !== "" ? ["", NONE] : [search, closed];
  const rows = useMemo(
    () => treeRows(document, here, folded, aside),
    [document, here, folded, aside],
  );
  const numElsewhere = rest ? rest.numFound - numHere : 0;
  const numHidden = Math.max(rows.length - MAX_INLINE, 0) + numElsewhere;
  const hasBranches = rows.some(({ leaf }) => leaf === null);

  const toggle = useCallback((path: string) => setClosed((old) => toggled(old, path)), []);
  const unfold = useCallback((path: string) => setUnfolded((old) => toggled(old, path)), []);
  const copy = useCallback(
    (text: string, what: string) =>
      void copyText(text).then((isDone) => isDone && toast({ title: m.run.copiedWhat(what) })),
    [toast, m],
  );
  const copyAll = async () => copy(toJson(rest ? await rest.loadAll() : document), title);
  const rowProps = { isSearching: search !== "", onToggle: toggle, onUnfold: unfold, onCopy: copy };
  const row = (one: TreeRow) => (
    <ValueTreeRow
      {...rowProps}
      row={one}
      isClosed={closed.has(one.path)}
      isUnfolded={unfolded.has(one.path)}
      mediaLink={mediaLink}
    />
  );
  return (
    <section className={classNames(styles.section, isPane && styles.pane)} aria-label={title}>
      <header className={styles.header}>
        <h2 className={styles.title}>{title}</h2>
        <span className={styles.count}>{count > 0 && formatInteger(count)}</span>
        {count > 0 && (
          <div className={styles.tools}>
            <Menu
              label={m.run.treeActions(title)}
              align="end"
              trigger={<IconButton icon="more" label={m.run.treeActions(title)} />}
              items={[
                {
                  label: m.run.copyJson,
                  icon: "copy",
                  onSelect: () => void copyAll(),
                },
                ...(hasBranches
                  ? [
                      { label: m.run.expandAll, onSelect: () => setClosed(NONE) },
                      {
                        label: m.run.collapseAll,
                        onSelect: () => setClosed(new Set([ASIDE, ...branchPaths(document)])),
                      },
                    ]
                  : []),
              ]}
            />
          </div>
        )}
      </header>
      {count >= SEARCHABLE_FROM && (
        <div className={styles.search}>
          <SearchField
            label={m.run.search(title)}
            value={search}
            onChange={rest?.onSearch ?? setOwnSearch}
          />
        </div>
      )}
      {isLoading && (
        <div className={styles.empty}>
          <Skeleton width={180} />
        </div>
      )}
      {!isLoading && count === 0 && <p className={styles.empty}>{emptyText}</p>}
      {count > 0 && rows.length === 0 && <p className={styles.empty}>{m.run.noMatch}</p>}
      {isPane ? (
        <VirtualRows rows={rows} render={row} onEnd={rest?.onMore} />
      ) : (
        <ul className={styles.rows}>
          {rows.slice(0, MAX_INLINE).map((one) => (
            <li key={one.path}>{row(one)}</li>
          ))}
        </ul>
      )}
      {!isPane && numHidden > 0 && (
        <p className={styles.empty}>{m.run.moreInOverview(formatInteger(numHidden))}</p>
      )}
    </section>
  );
}

interface VirtualRowsProps {
  rows: readonly TreeRow[];
  render: (row: TreeRow) => ReactNode;
  onEnd?: (() => void) | undefined;
}

function VirtualRows({ rows, render, onEnd }: VirtualRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.path ?? index,
    overscan: 12,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  const isNearEnd = last + AHEAD >= rows.length;
  const end = useEffectEvent(() => onEnd?.());
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each part that came, the end is another one
  useEffect(() => {
    if (isNearEnd) end();
  }, [isNearEnd, rows.length]);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.space} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <li
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className={styles.slot}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {render(row)}
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

interface RowProps {
  row: TreeRow;
  isClosed: boolean;
  isUnfolded: boolean;
  isSearching: boolean;
  onToggle: (path: string) => void;
  onUnfold: (path: string) => void;
  onCopy: (text: string, what: string) => void;
  mediaLink: ValueTreeProps["mediaLink"];
}

const ValueTreeRow = memo(function ValueTreeRow(props: RowProps) {
  const { row, isClosed, isUnfolded, isSearching, onToggle, onUnfold, onCopy, mediaLink } = props;
  const m = useMessages();
  const { path, name, depth, leaf, value, numChildren } = row;
  const indent = { paddingLeft: 16 + depth * 14 };
  const isLong = leaf !== null && leaf.kind !== "media" && leaf.exact.length > LONG;
  return (
    <div className={classNames(styles.row, isUnfolded && styles.unfolded)}>
      {leaf === null ? (
        <button
          type="button"
          className={classNames(styles.branch, (!isClosed || isSearching) && styles.open)}
          style={indent}
          aria-expanded={!isClosed || isSearching}
          title={path}
          onClick={() => onToggle(path)}
        >
          <Icon name="chevron" size={12} />
          <bdi className={styles.name}>{name}</bdi>
          <span className={styles.count}>{formatInteger(numChildren)}</span>
        </button>
      ) : (
        <>
          <span className={styles.name} style={indent} title={path}>
            <Name text={name} />
          </span>
          {isLong ? (
            <button
              type="button"
              className={classNames(styles.value, styles[leaf.kind], styles.long)}
              aria-expanded={isUnfolded}
              title={isUnfolded ? undefined : leaf.exact.slice(0, 1000)}
              onClick={() => onUnfold(path)}
            >
              <bdi>{isUnfolded ? leaf.exact : leaf.text.slice(0, 200)}</bdi>
            </button>
          ) : (
            <span className={classNames(styles.value, styles[leaf.kind])} title={leaf.exact}>
              {leaf.kind === "media" && mediaLink ? (
                mediaLink(path, leaf.text)
              ) : (
                <bdi>{leaf.text}</bdi>
              )}
            </span>
          )}
        </>
      )}
      <span className={styles.actions}>
        {path !== ASIDE && (
          <>
            <RowButton
              label={m.run.copyPath}
              path={path}
              icon="key"
              onClick={() => onCopy(path, path)}
            />
            <RowButton
              label={m.run.copyValue}
              path={path}
              icon="copy"
              onClick={() => onCopy(clipboardText(value), path)}
            />
          </>
        )}
      </span>
    </div>
  );
});

/** Of a name for which there is no room the end stays: `layer_12/block.0/weight` has its word there. */
function Name({ text }: { text: string }) {
  const tail = text.length > LONG_NAME ? text.slice(-TAIL) : "";
  return (
    <bdi className={classNames(tail !== "" && styles.cut)}>
      <span>{text.slice(0, text.length - tail.length)}</span>
      {tail !== "" && <span>{tail}</span>}
    </bdi>
  );
}

interface RowButtonProps {
  label: string;
  path: string;
  icon: "key" | "copy";
  onClick: () => void;
}

function RowButton(props: RowButtonProps) {
  return (
    <button
      type="button"
      className={styles.action}
      aria-label={`${props.label}: ${props.path}`}
      title={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={12} />
    </button>
  );
}

function toggled(paths: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(paths);
  if (!next.delete(path)) next.add(path);
  return next;
}
