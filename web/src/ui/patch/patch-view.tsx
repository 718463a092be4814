/** A diff of many files, one below the other; files fold, lines are virtual. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { Button } from "../button";
import { Icon } from "../icons";
import { countLines, type PatchFile, type PatchLine, type PatchRow, patchRows } from "./model";
import styles from "./patch-view.module.css";

interface PatchViewProps {
  label: string;
  files: readonly PatchFile[];
  /** At the end of the summary line. */
  actions?: ReactNode;
}

const HEADING = 34;
const LINE = 20;
/** Files with more lines than this begin folded. */
const FOLD_ABOVE = 2_000;

const SIGNS = { added: "+", removed: "\u2212", context: "", hunk: "", note: "" };

export function PatchView({ label, files, actions }: PatchViewProps) {
  const m = useMessages();
  const scroll = useRef<HTMLDivElement>(null);
  const [folds, setFolds] = useState<ReadonlyMap<number, boolean>>(new Map());
  const isFolded = (index: number) =>
    folds.get(index) ?? (files[index]?.lines.length ?? 0) > FOLD_ABOVE;
  // biome-ignore lint/correctness/useExhaustiveDependencies: isFolded is made of folds and files
  const rows = useMemo(() => patchRows(files, isFolded), [files, folds]);
  const totals = useMemo(() => countLines(files), [files]);
  const longest = useMemo(() => longestLine(rows), [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index]?.line ? LINE : HEADING),
    overscan: 20,
  });
  const foldAll = (folded: boolean) => setFolds(new Map(files.map((_, index) => [index, folded])));
  const isAllFolded = files.every((_, index) => isFolded(index));
  return (
    <section className={styles.view} aria-label={label}>
      <header className={styles.summary}>
        <span>{m.code.filesChanged(files.length)}</span>
        <Counts added={totals.numAdded} removed={totals.numRemoved} />
        <span className={styles.grow} />
        {files.length > 0 && (
          <Button onClick={() => foldAll(!isAllFolded)}>
            {isAllFolded ? m.code.unfoldAll : m.code.foldAll}
          </Button>
        )}
        {actions}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div ref={scroll} className={styles.scroll} tabIndex={0}>
        <div
          className={styles.content}
          style={{
            height: virtual.getTotalSize(),
            minWidth: `max(100%, calc(${longest}ch + 160px))`,
          }}
        >
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            return (
              row && (
                <div
                  key={key}
                  className={styles.row}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {row.line ? (
                    <Line line={row.line} />
                  ) : (
                    <FileHeading
                      file={row.file}
                      isOpen={!isFolded(row.index)}
                      onToggle={() => {
                        setFolds(new Map(folds).set(row.index, !isFolded(row.index)));
                      }}
                    />
                  )}
                </div>
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

interface FileHeadingProps {
  file: PatchFile;
  isOpen: boolean;
  onToggle: () => void;
}

function FileHeading({ file, isOpen, onToggle }: FileHeadingProps) {
  const m = useMessages();
  return (
    <button type="button" className={styles.file} aria-expanded={isOpen} onClick={onToggle}>
      <span className={styles.name}>
        <span className={styles.chevron} data-open={isOpen}>
          <Icon name="chevron" size={14} />
        </span>
        <span className={styles.path} title={file.path} dir="auto">
          {file.oldPath ? `${file.oldPath} → ${file.path}` : file.path}
        </span>
        {file.change !== "modified" && (
          <span className={styles.change}>{m.code.changes[file.change]}</span>
        )}
        {file.isBroken && <span className={styles.change}>{m.code.cutOff}</span>}
        <Counts added={file.numAdded} removed={file.numRemoved} />
      </span>
    </button>
  );
}

function Line({ line: { kind, text, old, new: now } }: { line: PatchLine }) {
  return (
    <div className={styles.line} data-kind={kind}>
      <span className={styles.number}>{old}</span>
      <span className={styles.number}>{now}</span>
      <span className={styles.sign}>{SIGNS[kind]}</span>
      <span className={styles.code}>{text}</span>
    </div>
  );
}

function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <>
      {added > 0 && <span className={styles.added}>+{added}</span>}
      {removed > 0 && <span className={styles.removed}>−{removed}</span>}
    </>
  );
}

/** In characters, so that the ground of short lines reaches as far as the longest; bounded. */
function longestLine(rows: readonly PatchRow[]): number {
  return Math.min(
    2_000,
    rows.reduce((longest, { line }) => Math.max(longest, line?.text.length ?? 0), 0),
  );
}
