/** Two versions side by side: which files differ, and how; what their metadata say. */
import { type ReactNode, useMemo } from "react";
import type {
  ArtifactFileChange,
  ArtifactVersion,
  CollectionRef,
  FileChangeKind,
  Pair,
} from "@/api/artifacts";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useSearchText } from "@/lib/use-search-text";
import { IconButton } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { SplitPane } from "@/ui/split-pane";
import { useVersionDiff } from "../queries";
import { useWords } from "../words/use-words";
import { ChangeList } from "./change-list";
import { type DiffView, defaultPair, KINDS, pathOf } from "./model";
import styles from "./version-diff.module.css";
import { VersionPicker } from "./version-picker";

export interface DiffParts {
  view: DiffView;
  onView: (change: Partial<DiffView>) => void;
  renderFileDiff: (compared: Compared, change: ArtifactFileChange) => ReactNode;
  renderMetadataDiff: (before: ArtifactVersion, after: ArtifactVersion) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** What is compared: where it was asked, by which names, and what they stand for. */
export interface Compared {
  at: CollectionRef;
  pair: Pair;
  before: ArtifactVersion;
  after: ArtifactVersion;
}

interface VersionDiffProps extends DiffParts {
  at: CollectionRef;
  /** Of the collection, to choose from; undefined while they load. */
  versions: readonly ArtifactVersion[] | undefined;
}

export function VersionDiff(props: VersionDiffProps) {
  const { at, versions, view, onView, renderError } = props;
  const w = useWords();
  const pair = useMemo(() => defaultPair(view, versions), [view, versions]);
  const [search, setSearch] = useSearchText(view.find ?? "", (text) =>
    onView({ find: text === "" ? undefined : text }),
  );
  const { diff, changes, error, retry, more, isLoadingMore } = useVersionDiff(at, pair, {
    change: view.change,
    search: view.find,
  });
  const chosen = changes?.find((one) => pathOf(one) === view.file);
  const compared = diff && pair && { at, pair, before: diff.before, after: diff.after };
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <VersionPicker
          label={w.diff.from}
          versions={versions}
          value={pair?.from}
          onChange={(from) => onView({ from, to: view.to ?? pair?.to, file: undefined })}
        />
        <IconButton
          icon="compare"
          label={w.diff.swap}
          disabled={pair === null}
          onClick={() => pair && onView({ from: pair.to, to: pair.from, file: undefined })}
        />
        <VersionPicker
          label={w.diff.to}
          versions={versions}
          value={pair?.to}
          onChange={(to) => onView({ from: view.from ?? pair?.from, to, file: undefined })}
        />
        <span className={styles.grow} />
        <Segmented
          label={w.diff.parts}
          options={[
            { value: "files", label: w.diff.files },
            { value: "metadata", label: w.diff.metadata },
          ]}
          value={view.part}
          onChange={(part: DiffView["part"]) => onView({ part })}
        />
      </div>
      {error && !diff ? (
        renderError(error, retry)
      ) : pair === null ? (
        versions && <Notice title={w.diff.needsTwo}>{w.diff.needsTwoHint}</Notice>
      ) : !diff || !changes || !compared ? (
        <div className={styles.waiting} aria-hidden="true">
          {[220, 300, 260].map((width) => (
            <Skeleton key={width} width={width} />
          ))}
        </div>
      ) : view.part === "metadata" ? (
        <div className={styles.metadata}>{props.renderMetadataDiff(diff.before, diff.after)}</div>
      ) : (
        <SplitPane
          name="artifact-diff"
          label={w.diff.resize}
          // Where one column is shown at a time, choosing a file shows it.
          side={chosen ? "right" : "left"}
          names={[w.diff.changes, w.diff.file]}
          initialWidth={360}
          left={
            <div className={styles.side}>
              <div className={styles.filters}>
                <SearchField label={w.diff.search} value={search} onChange={setSearch} />
                <Select
                  label={w.diff.kind}
                  value={view.change ?? "all"}
                  options={[
                    { value: "all", label: w.diff.all },
                    ...KINDS.map((kind) => ({
                      value: kind,
                      label: w.diff[kind],
                      detail: formatInteger(diff.counts[kind]),
                    })),
                  ]}
                  onChange={(kind: FileChangeKind | "all") =>
                    onView({ change: kind === "all" ? undefined : kind })
                  }
                />
              </div>
              <p className={styles.summary}>
                {KINDS.filter((kind) => diff.counts[kind] > 0).map((kind) => (
                  <span key={kind} data-kind={kind}>
                    {`${formatInteger(diff.counts[kind])} ${w.diff[kind].toLocaleLowerCase()}`}
                  </span>
                ))}
                <span>{w.diff.numSame(diff.counts.same)}</span>
                {diff.total > 0 && (
                  <span>
                    {w.diff.bytes(formatBytes(diff.added_bytes), formatBytes(diff.removed_bytes))}
                  </span>
                )}
              </p>
              {changes.length === 0 ? (
                <p className={styles.nothing}>
                  {view.find || view.change ? w.diff.noMatch : w.diff.sameFiles}
                </p>
              ) : (
                <ChangeList
                  changes={changes}
                  total={diff.total}
                  chosen={view.file}
                  more={more}
                  isLoadingMore={isLoadingMore}
                  onChoose={(file) => onView({ file })}
                />
              )}
            </div>
          }
        >
          {chosen ? (
            props.renderFileDiff(compared, chosen)
          ) : (
            <Notice title={w.diff.chooseFile}>{w.diff.chooseFileHint}</Notice>
          )}
        </SplitPane>
      )}
    </div>
  );
}
