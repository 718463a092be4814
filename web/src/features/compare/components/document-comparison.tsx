/** Two documents, such as metadata, key by key: only what differs, unless all is asked for. */
import { useMemo, useState } from "react";
import { MISSING } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { Switch } from "@/ui/switch";
import { leaves } from "../cells";
import { buildSection, deltaOf } from "../model";
import { CompareCell } from "./compare-cell";
import styles from "./document-comparison.module.css";

interface DocumentComparisonProps {
  label: string;
  before: { name: string; document: Readonly<Record<string, unknown>> };
  after: { name: string; document: Readonly<Record<string, unknown>> };
  /** Said where nothing differs. */
  sameText: string;
}

export function DocumentComparison({ label, before, after, sameText }: DocumentComparisonProps) {
  const m = useMessages();
  const [onlyDifferences, setOnly] = useState(true);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const { rows, numDiffering } = useMemo(
    () => buildSection("summary", [leaves(before.document), leaves(after.document)]),
    [before.document, after.document],
  );
  const shown = onlyDifferences ? rows.filter(({ differs }) => differs) : rows;
  const toggle = (key: string) => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  return (
    <section className={styles.comparison} aria-label={label}>
      <div className={styles.bar}>
        <span className={styles.count}>{m.compare.sectionCount(numDiffering, rows.length)}</span>
        <Switch label={m.compare.onlyDifferences} checked={onlyDifferences} onChange={setOnly} />
      </div>
      {shown.length === 0 ? (
        <p className={styles.same}>{sameText}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table} aria-label={label}>
            <thead>
              <tr>
                <th scope="col">{m.compare.key}</th>
                <th scope="col">{before.name}</th>
                <th scope="col">{after.name}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ key, cells: [old = null, now = null], differs }) => (
                <tr key={key} data-differs={differs}>
                  <th scope="row" dir="auto" title={key}>
                    {key}
                  </th>
                  {[old, now].map((cell, side) => (
                    <td
                      // biome-ignore lint/suspicious/noArrayIndexKey: two sides, always these
                      key={side}
                      data-side={cell && differs ? (side === 0 ? "before" : "after") : undefined}
                    >
                      {cell ? (
                        <CompareCell
                          cell={cell}
                          baseline={side === 1 ? old : null}
                          better={undefined}
                          delta={side === 1 ? deltaOf(old, cell) : null}
                          isOpen={opened.has(key)}
                          onToggle={() => toggle(key)}
                        />
                      ) : (
                        <span className={styles.missing}>{MISSING}</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
