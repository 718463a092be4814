/** The runs of a project beside its charts: found, sorted, shown, selected, changed. */
import { useCallback, useMemo, useRef, useState } from "react";
import type { ProjectRef } from "@/api/client";
import type { RunRow } from "@/api/types";
import { useSize } from "@/charts/use-size";
import { classNames } from "@/lib/class-names";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { useStable } from "@/lib/use-stable";
import { IconButton } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { rowMenu } from "../row-menu";
import { useRowKeys } from "../use-row-keys";
import type { RunActions } from "../use-run-actions";
import type { RunListing } from "../use-run-list";
import { useSelection } from "../use-selection";
import { useSolo } from "../use-solo";
import { listedKeys, type RunsView, type RunsViewVerbs } from "../view";
import { SHOW_FIRST, setEyes, showOnly, toggleEye } from "../visibility";
import { BulkBar } from "./bulk-bar";
import { ColumnsControl } from "./columns-control";
import { ListHeader } from "./list-header";
import { NoRuns } from "./no-runs";
import styles from "./run-list.module.css";
import { RunRows } from "./run-rows";
import { RunSearch } from "./run-search";
import { SortControl } from "./sort-control";
import { TagsDialog } from "./tags-dialog";

export interface RunListProps extends RunsViewVerbs {
  project: ProjectRef;
  listing: RunListing;
  view: RunsView;
  actions: RunActions;
  onHighlight: (id: string | null) => void;
  onOpen: (run: RunRow) => void;
  onCompare: (ids: readonly string[]) => void;
  /** The way to the table. */
  onTable: () => void;
  /** Puts the list out of the way. */
  onFold: () => void;
}

const NO_RUNS: readonly RunRow[] = [];
/** In pixels, with the space between; run-list.module.css has them too. */
const COLUMN = 70;
const WITHOUT_COLUMNS = 190;

export function RunList(props: RunListProps) {
  const { project, listing, view, actions, onHighlight, onOpen, onVisibility } = props;
  const m = useMessages();
  const { visible, dashes, total } = listing;
  const runs = listing.runs ?? NO_RUNS;
  const search = useRef<HTMLInputElement>(null);
  const [renamingId, setRenamingId] = useState<string | null>(null);
  const [tagging, setTagging] = useState<RunRow | null>(null);
  const selection = useSelection(runs);
  const selected = useMemo(
    () => runs.filter(({ id }) => selection.ids.has(id)),
    [runs, selection.ids],
  );
  const pane = useRef<HTMLElement>(null);
  const room = columnsIn(useSize(pane)?.width ?? 0);
  const columns = useMemo(() => {
    return listedKeys(view).slice(0, room);
  }, [view, room]);

  const solo = useSolo(view.visibility, onVisibility);
  const onSolo = useStable(solo);
  const onToggle = useStable((id: string) =>
    onVisibility(toggleEye(view.visibility, id, visible.has(id))),
  );
  const onToggleAll = () => onVisibility(visible.size > 0 ? showOnly([]) : SHOW_FIRST);
  const onRename = useStable((run: RunRow, name: string | null) => {
    setRenamingId(null);
    if (name !== null && name.trim() !== "") actions.rename(run, name.trim());
  });
  const verbs = {
    onOpen,
    onToggle,
    onSolo,
    onPin: props.onPin,
    onRename: useCallback((run: RunRow) => setRenamingId(run.id), []),
    onTags: useCallback((run: RunRow) => setTagging(run), []),
    onSelect: selection.select,
  };
  const activeId = useRowKeys(runs, selection, {
    ...verbs,
    onToggleAll,
    onSearch: () => search.current?.focus(),
    onActive: (id) => onHighlight(id !== null && visible.has(id) ? id : null),
  });

  return (
    <aside
      ref={pane}
      className={classNames(styles.list, selected.length > 0 && styles.selecting)}
      aria-label={m.runs.list}
    >
      <header className={styles.header}>
        <h2 className={styles.title}>{m.runs.title}</h2>
        <span className={styles.total}>{listing.runs && formatInteger(total)}</span>
        <span className={styles.tools}>
          <SortControl project={project} sort={view.sort} onSort={props.onSort} />
          <ColumnsControl project={project} columns={view.columns} onColumns={props.onColumns} />
          <IconButton icon="table" label={m.runs.table} onClick={props.onTable} />
          <IconButton
            icon="foldLeft"
            label={m.runs.fold}
            className={styles.wideOnly}
            onClick={props.onFold}
          />
        </span>
      </header>
      <RunSearch
        project={project}
        ref={search}
        text={view.text}
        onText={props.onText}
        error={listing.error}
        warnings={listing.warnings}
      />
      {listing.runs ? (
        <RunRows
          runs={runs}
          numPinned={listing.numPinned}
          visible={visible}
          selected={selection.ids}
          dashes={dashes}
          columns={columns}
          activeId={activeId}
          renamingId={renamingId}
          header={
            runs.length > 0 && (
              <ListHeader
                columns={columns}
                sort={view.sort}
                numSelected={selected.length}
                numLoaded={runs.length}
                isAnyVisible={visible.size > 0}
                onSort={props.onSort}
                onSelectAll={selection.selectAll}
                onEyes={onToggleAll}
              />
            )
          }
          menuOf={(run) => {
            const isPinned = view.pins.includes(run.id);
            return rowMenu(run, { isVisible: visible.has(run.id), isPinned }, verbs, actions, m);
          }}
          onOpen={onOpen}
          onToggle={onToggle}
          onSolo={onSolo}
          onSelect={selection.select}
          onHighlight={onHighlight}
          onRename={onRename}
          onLoadMore={listing.loadMore}
        />
      ) : (
        listing.error === null && <RunRowsSkeleton />
      )}
      {listing.runs?.length === 0 && (
        <NoRuns className={styles.empty} text={view.text} onClear={() => props.onText("")} />
      )}
      {selected.length > 0 ? (
        <BulkBar
          runs={selected}
          others={runs}
          actions={actions}
          onOnly={(ids) => onVisibility(showOnly(ids))}
          onHide={(ids) => onVisibility(setEyes(view.visibility, ids, false))}
          onCompare={props.onCompare}
          onClear={selection.clear}
        />
      ) : (
        runs.length > 0 && (
          <footer className={styles.footer} onPointerEnter={() => onHighlight(null)}>
            {m.runs.shown(visible.size, total)}
          </footer>
        )
      )}
      {tagging && (
        <TagsDialog
          title={m.runs.tagsOf(runName(tagging))}
          tags={tagging.tags}
          suggestions={[...new Set(runs.flatMap(({ tags }) => tags))].sort()}
          onTags={(tags) => actions.setTags(tagging, tags)}
          onClose={() => setTagging(null)}
        />
      )}
    </aside>
  );
}

/** As many columns as leave room for a name; one in any case, since somebody asked for it. */
function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width - WITHOUT_COLUMNS) / COLUMN));
}

function RunRowsSkeleton() {
  return (
    <ul className={styles.skeleton}>
      {[130, 104, 148, 96, 122, 140, 110, 132].map((width) => (
        <li key={width}>
          <Skeleton width={14} />
          <Skeleton width={width} />
        </li>
      ))}
    </ul>
  );
}
