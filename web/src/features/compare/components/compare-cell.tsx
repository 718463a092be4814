/** One value: numbers with their distance from the baseline, texts with the words that differ. */
import { useMemo } from "react";
import { useMessages } from "@/lib/i18n";
import { type Cell, cellText } from "../cells";
import { type Better, type Delta, isBetter } from "../model";
import { diffWords } from "../word-diff";
import styles from "./compare-table.module.css";

interface CompareCellProps {
  cell: Cell;
  /** What it is set beside; null for the baseline itself. */
  baseline: Cell | null;
  delta: Delta | null;
  /** Which values are better, where a script said so. */
  better: Better | undefined;
  isOpen: boolean;
  onToggle: () => void;
}

/** Longer texts are folded, and may be opened. */
const LONG = 26;

export function CompareCell({ cell, baseline, delta, better, isOpen, onToggle }: CompareCellProps) {
  const m = useMessages();
  if (cell.number !== null) {
    return (
      <span className={styles.number} title={cell.exact}>
        {cellText(cell)}
        {delta && delta.direction !== "same" && (
          <span
            className={styles.delta}
            title={delta.text}
            data-better={isBetter(delta, better) ?? undefined}
          >
            {delta.percent ?? delta.text}
          </span>
        )}
      </span>
    );
  }
  const differs = baseline !== null && baseline.identity !== cell.identity;
  const text = <Words text={cell.exact} baseline={differs ? (baseline?.exact ?? null) : null} />;
  if (cell.exact.length <= LONG && !cell.exact.includes("\n")) {
    return (
      <span className={styles.text} title={cell.exact} dir="auto">
        {text}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={styles.long}
      aria-expanded={isOpen}
      title={isOpen ? m.compare.collapse : cell.exact}
      dir="auto"
      onClick={onToggle}
    >
      {text}
    </button>
  );
}

function Words({ text, baseline }: { text: string; baseline: string | null }) {
  const parts = useMemo(
    () => (baseline === null ? [{ text, isNew: false }] : diffWords(baseline, text)),
    [text, baseline],
  );
  return parts.map(({ text: part, isNew }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
    isNew ? <mark key={index}>{part}</mark> : <span key={index}>{part}</span>,
  );
}
