/** Files that differ, by path; as many as there are, only those in sight exist. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { ArtifactFileChange } from "@/api/artifacts";
import { formatBytes } from "@/lib/format-bytes";
import { Button } from "@/ui/button";
import { useWords } from "../words/use-words";
import { pathOf } from "./model";
import styles from "./version-diff.module.css";

interface ChangeListProps {
  changes: readonly ArtifactFileChange[];
  total: number;
  chosen: string | undefined;
  more: (() => void) | null;
  isLoadingMore: boolean;
  onChoose: (path: string) => void;
}

const ROW = 30;
const SIGNS = { added: "+", removed: "−", changed: "~", renamed: "→" };

export function ChangeList(props: ChangeListProps) {
  const { changes, total, chosen, more, isLoadingMore, onChoose } = props;
  const w = useWords();
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: changes.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  return (
    <>
      <div ref={scroll} className={styles.changes}>
        <ul
          className={styles.list}
          aria-label={w.diff.changes}
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const one = changes[index];
            if (!one) return null;
            const path = pathOf(one);
            return (
              <li key={key} style={{ transform: `translateY(${start}px)` }}>
                <button
                  type="button"
                  className={styles.change}
                  aria-pressed={path === chosen}
                  title={titleOf(one, w.diff.wasRenamed)}
                  onClick={() => onChoose(path)}
                >
                  <span className={styles.sign} data-kind={one.change}>
                    <span aria-hidden="true">{SIGNS[one.change]}</span>
                    <span className="visually-hidden">{w.diff[one.change]}</span>
                  </span>
                  <bdi className={styles.path}>{path}</bdi>
                  <span className={styles.size}>{sizeText(one)}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
      {more && (
        <div className={styles.more}>
          <span>{w.diff.listed(changes.length, total)}</span>
          <Button disabled={isLoadingMore} onClick={more}>
            {w.diff.more}
          </Button>
        </div>
      )}
    </>
  );
}

function titleOf(one: ArtifactFileChange, wasRenamed: (from: string) => string): string {
  const path = pathOf(one);
  return one.change === "renamed" && one.before ? `${path}\n${wasRenamed(one.before.path)}` : path;
}

function sizeText({ before, after }: ArtifactFileChange): string {
  const sizes = [before, after].flatMap((file) => (file ? [formatBytes(file.size_bytes)] : []));
  return [...new Set(sizes)].join(" → ");
}
