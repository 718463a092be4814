/** The table of runs with all around it: search, columns, what is done to the selected ones. */
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import type { ProjectRef } from "@/api/client";
import type { RunRow } from "@/api/types";
import { useSize } from "@/charts/use-size";
import { copyText } from "@/lib/copy-text";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { runName } from "@/lib/run-name";
import { saveFile } from "@/lib/save-file";
import { useStable } from "@/lib/use-stable";
import { Button } from "@/ui/button";
import { useToast } from "@/ui/toast";
import { cellOf } from "../cells";
import {
  arrangeColumns,
  moveColumn,
  NAME,
  numberColumns,
  pinColumn,
  resizeColumn,
  toggleColumn,
  widthOf,
} from "../columns";
import { toCsv, toTsv } from "../export";
import { useColumns } from "../queries";
import { rowMenu } from "../row-menu";
import type { RunActions } from "../use-run-actions";
import type { RunListing } from "../use-run-list";
import { useSelection } from "../use-selection";
import { useSolo } from "../use-solo";
import type { RunsView, RunsViewVerbs } from "../view";
import { setEyes, showOnly, toggleEye } from "../visibility";
import { BulkBar } from "./bulk-bar";
import { ColumnsControl } from "./columns-control";
import { NoRuns } from "./no-runs";
import { RunSearch } from "./run-search";
import { RunTable } from "./run-table";
import styles from "./runs-table-view.module.css";
import { SortControl } from "./sort-control";
import { TagsDialog } from "./tags-dialog";

export interface RunsTableViewProps extends RunsViewVerbs {
  project: ProjectRef;
  listing: RunListing;
  view: RunsView;
  actions: RunActions;
  onOpen: (run: RunRow) => void;
  onCompare: (ids: readonly string[]) => void;
  /** The way back to the charts. */
  tools: ReactNode;
}

const NO_RUNS: readonly RunRow[] = [];
/** The width of the name: at least so many pixels, at most this part of the page. */
const MIN_NAME = 120;
const MAX_NAME = 0.4;

export function RunsTableView(props: RunsTableViewProps) {
  const { project, listing, view, actions, onOpen, onColumns, onVisibility } = props;
  const m = useMessages();
  const toast = useToast();
  const { visible, total } = listing;
  const runs = listing.runs ?? NO_RUNS;
  const search = useRef<HTMLInputElement>(null);
  const [active, setActive] = useState<RunRow | null>(null);
  const [editing, setEditing] = useState<{ run: string; column: string } | null>(null);
  const [tagging, setTagging] = useState<RunRow | null>(null);
  const [dragged, setDragged] = useState<{ key: string; width: number } | null>(null);
  const selection = useSelection(runs);
  const selected = useMemo(
    () => runs.filter(({ id }) => selection.ids.has(id)),
    [runs, selection.ids],
  );
  const shown = useMemo(() => {
    const columns = dragged ? resizeColumn(view.columns, dragged.key, dragged.width) : view.columns;
    return arrangeColumns(columns);
  }, [view.columns, dragged]);
  const known = useColumns(project, "").data?.columns;
  const numbers = useMemo(() => numberColumns(known ?? []), [known]);
  const pane = useRef<HTMLElement>(null);
  const width = useSize(pane)?.width ?? 0;
  const sized = useMemo(
    () =>
      shown.map((column) => {
        const { key, isPinned } = column;
        // On a phone the name leaves room for a column beside it.
        const most = key === NAME ? Math.max(MIN_NAME, width * MAX_NAME) : Infinity;
        const isNumber = numbers.has(key);
        return { key, isPinned, isNumber, width: Math.min(widthOf(column), most) };
      }),
    [shown, width, numbers],
  );

  const solo = useSolo(view.visibility, onVisibility);
  const onSolo = useStable(solo);
  const onToggle = useStable((id: string) =>
    onVisibility(toggleEye(view.visibility, id, visible.has(id))),
  );
  const onEdit = useCallback((run: RunRow, column: string) => {
    if (column === "tags") setTagging(run);
    else setEditing({ run: run.id, column });
  }, []);
  const onEdited = (run: RunRow, column: string, text: string | null) => {
    setEditing(null);
    if (text === null) return;
    if (column === "name" && text.trim() !== "") actions.rename(run, text.trim());
    if (column === "notes") actions.setNotes(run, text);
    if (column === "group") actions.setGroup([run.id], text.trim());
  };
  const verbs = {
    onOpen,
    onToggle,
    onSolo,
    onPin: props.onPin,
    onRename: (run: RunRow) => onEdit(run, "name"),
    onTags: (run: RunRow) => setTagging(run),
    onSelect: selection.select,
  };
  useShortcuts(
    {
      "/": { does: m.keyboard.search, run: () => search.current?.focus() },
      x: { does: m.runs.keys.select, run: () => active && selection.select(active.id, false) },
      X: { does: m.runs.keys.selectRange, run: () => active && selection.select(active.id, true) },
      v: { does: m.keyboard.eye, run: () => active && onToggle(active.id) },
      s: { does: m.runs.keys.solo, run: () => active && onSolo(active.id) },
      p: { does: m.runs.keys.pin, run: () => active && props.onPin(active.id) },
      o: { does: m.keyboard.open, run: () => active && onOpen(active) },
      Escape: { does: m.keyboard.deselect, run: selection.clear },
    },
    { heading: m.runs.title },
  );

  const textsOf = (rows: readonly RunRow[]) => {
    const now = Date.now();
    const keys = shown.map(({ key }) => key);
    return [keys, ...rows.map((run) => keys.map((key) => cellOf(run, key, now).full))];
  };
  const onCopy = async (run: RunRow, column: string) => {
    const rows = selected.length > 0 ? textsOf(selected) : null;
    const text = rows ? toTsv(rows) : cellOf(run, column, Date.now()).full;
    const count = rows ? selected.length * shown.length : 1;
    if (await copyText(text)) toast({ title: m.runs.copiedCells(count) });
  };
  const onDownload = () => {
    const csv = toCsv(textsOf(selected.length > 0 ? selected : runs));
    saveFile(new Blob([csv], { type: "text/csv;charset=utf-8" }), `${project.project}-runs.csv`);
  };

  return (
    <section ref={pane} className={styles.view} aria-label={m.runs.list}>
      <header className={styles.header}>
        <h1 className={styles.title}>{m.runs.title}</h1>
        <span className={styles.total}>{listing.runs && formatInteger(total)}</span>
        <div className={styles.search}>
          <RunSearch
            project={project}
            ref={search}
            text={view.text}
            onText={props.onText}
            error={listing.error}
            warnings={listing.warnings}
          />
        </div>
        <span className={styles.tools}>
          <SortControl project={project} sort={view.sort} onSort={props.onSort} />
          <ColumnsControl project={project} columns={view.columns} onColumns={onColumns} isWide />
          <Button onClick={onDownload} disabled={runs.length === 0}>
            {m.runs.download}
          </Button>
          <span className={styles.elsewhere}>{props.tools}</span>
        </span>
      </header>
      {runs.length > 0 || !listing.runs ? (
        <RunTable
          runs={runs}
          total={listing.hasMore ? total : runs.length}
          columns={sized}
          sort={view.sort}
          selection={selection}
          visible={visible}
          dashes={listing.dashes}
          editing={editing}
          menuOf={(run) => {
            const isPinned = view.pins.includes(run.id);
            return rowMenu(run, { isVisible: visible.has(run.id), isPinned }, verbs, actions, m);
          }}
          onEdit={onEdit}
          onEdited={onEdited}
          onToggle={onToggle}
          onSolo={onSolo}
          onOpen={onOpen}
          onCopy={(run, column) => void onCopy(run, column)}
          onActive={setActive}
          onLoadMore={listing.loadMore}
          onSort={props.onSort}
          onMove={(key, before) => onColumns(moveColumn(shown, key, before))}
          onPinColumn={(key, isPinned) => onColumns(pinColumn(view.columns, key, isPinned))}
          onHideColumn={(key) => onColumns(toggleColumn(view.columns, key))}
          onResize={(key, width, isDone) => {
            setDragged(isDone ? null : { key, width });
            if (isDone) onColumns(resizeColumn(shown, key, width));
          }}
        />
      ) : (
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
        listing.hasMore && (
          <footer className={styles.footer}>
            {m.runs.loadedOf(formatInteger(runs.length), formatInteger(total))}
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
    </section>
  );
}
