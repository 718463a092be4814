/** Files of a run or of an artifact's version: the tree, and beside it the one that is open. */
import { type ReactNode, useMemo, useState } from "react";
import type { FileOwner } from "@/api/transport";
import { useMessages } from "@/lib/i18n";
import { NARROW, useMedia } from "@/lib/use-media";
import { CodeBlock } from "@/ui/code-block";
import { Drawer } from "@/ui/drawer";
import { FileTree } from "@/ui/file-tree/file-tree";
import {
  buildTree,
  foldersAbove,
  initiallyOpen,
  type Sort,
  type SortColumn,
  treeRows,
} from "@/ui/file-tree/model";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { SplitPane } from "@/ui/split-pane";
import type { View } from "../preview";
import { useFiles } from "../queries";
import { FilePreview } from "./file-preview";
import styles from "./files-view.module.css";

export interface FilesViewProps {
  project: FileOwner;
  /** Path of the open file; "" for none. */
  path: string;
  onOpen: (path: string) => void;
  search: string;
  onSearch: (text: string) => void;
  view: string | undefined;
  onView: (view: View) => void;
  /** Shows rows of a table file; another feature's work. */
  renderTable: (path: string) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

const SORTS: Record<SortColumn, Sort> = {
  name: { column: "name", isDescending: false },
  size: { column: "size", isDescending: true },
  time: { column: "time", isDescending: true },
};

export function FilesView(props: FilesViewProps) {
  const { project, path, search, onSearch, onOpen } = props;
  const m = useMessages();
  const isNarrow = useMedia(NARROW);
  const [sort, setSort] = useState<SortColumn>("name");
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const all = useFiles(project, "");
  // A tree that does not hold everything is searched by the server.
  const isPartial = all.data !== undefined && !all.data.isWhole;
  const found = useFiles(project, isPartial ? search : "");
  const listing = isPartial ? found.data : all.data;

  const root = useMemo(() => buildTree(listing?.files ?? []), [listing]);
  const open = useMemo(() => {
    const set = initiallyOpen(root);
    for (const folder of foldersAbove(path)) set.add(folder);
    for (const folder of toggled) if (!set.delete(folder)) set.add(folder);
    return set;
  }, [root, path, toggled]);
  const rows = useMemo(() => treeRows(root, open, search, SORTS[sort]), [root, open, search, sort]);

  if (all.error && !all.data) return props.renderError(all.error, () => void all.refetch());
  if (listing && listing.total === 0) {
    return "run" in project ? <NoFiles /> : <Notice title={m.files.emptyVersion} />;
  }

  const file = listing?.files.find(({ name }) => name === path);
  const numFound = rows.filter(({ isFolder }) => !isFolder).length;
  const tree = (
    <div className={styles.side}>
      <div className={styles.bar}>
        <SearchField label={m.files.search} value={search} onChange={onSearch} />
        <Select
          label={m.files.sortBy}
          value={sort}
          options={[
            { value: "name", label: m.files.name },
            { value: "size", label: m.files.size },
            ...("run" in project ? [{ value: "time" as const, label: m.files.updated }] : []),
          ]}
          onChange={setSort}
        />
      </div>
      {listing ? (
        <FileTree
          label={"run" in project ? m.files.tree : m.files.title}
          rows={rows}
          selected={path === "" ? null : path}
          onOpen={onOpen}
          onToggle={(folder) => {
            const next = new Set(toggled);
            if (!next.delete(folder)) next.add(folder);
            setToggled(next);
          }}
        />
      ) : (
        <TreeSkeleton />
      )}
      {listing && (
        <footer className={styles.foot}>
          {search !== "" && numFound === 0
            ? m.files.noMatch
            : search !== "" && !isPartial
              ? m.files.found(numFound, listing.total)
              : listing.isWhole
                ? m.files.count(listing.total)
                : m.files.some(listing.files.length)}
        </footer>
      )}
    </div>
  );
  const preview = listing && path !== "" && (
    <FilePreview
      key={path}
      project={project}
      path={path}
      file={file}
      view={props.view}
      onView={props.onView}
      onGone={() => onOpen("")}
      renderTable={props.renderTable}
      renderError={props.renderError}
    />
  );
  if (isNarrow) {
    return (
      <>
        {tree}
        <Drawer
          title={path.slice(path.lastIndexOf("/") + 1)}
          isOpen={path !== ""}
          onClose={() => onOpen("")}
          width={720}
        >
          <div className={styles.drawer}>{preview}</div>
        </Drawer>
      </>
    );
  }
  return (
    <SplitPane
      name="files"
      label={m.files.resize}
      names={[m.files.title, m.files.view]}
      initialWidth={420}
      left={tree}
    >
      {preview || (
        <Notice title={path === "" ? m.files.choose : ""}>
          {path === "" ? m.files.chooseHint : ""}
        </Notice>
      )}
    </SplitPane>
  );
}

function NoFiles() {
  const m = useMessages();
  return (
    <Notice title={m.files.empty} action={<CodeBlock code={'run.save("results.csv")'} />}>
      {m.files.emptyHint} <code>run.save</code>.
    </Notice>
  );
}

function TreeSkeleton() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {[180, 140, 220, 160, 120, 200].map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
