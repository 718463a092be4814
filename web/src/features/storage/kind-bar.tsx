/** Bytes by kind of data: one bar, and what its colours mean. */
import { formatBytes } from "@/lib/format-bytes";
import { type Bytes, KINDS, totalOf } from "./model";
import styles from "./storage.module.css";
import { useWords } from "./words/use-words";

interface KindBarProps {
  bytes: Bytes;
  /** What the full width stands for. */
  max: number;
}

/** Seen beside its numbers: hidden from screen readers, who are told those. */
export function KindBar({ bytes, max }: KindBarProps) {
  const w = useWords();
  return (
    <span className={styles.bar} aria-hidden="true">
      {KINDS.filter((kind) => bytes[kind] > 0).map((kind) => (
        <span
          key={kind}
          className={styles.piece}
          data-kind={kind}
          style={{ width: `${(bytes[kind] / Math.max(max, 1)) * 100}%` }}
          title={`${w.storage.kinds[kind]}: ${formatBytes(bytes[kind])}`}
        />
      ))}
    </span>
  );
}

export function KindSums({ bytes }: { bytes: Bytes }) {
  const w = useWords();
  const total = totalOf(bytes);
  return (
    <section className={styles.sums} aria-label={w.storage.byKind}>
      <p className={styles.total}>
        <strong>{formatBytes(total)}</strong>
        <span>{w.storage.total}</span>
      </p>
      <KindBar bytes={bytes} max={total} />
      <dl className={styles.legend}>
        {KINDS.filter((kind) => bytes[kind] > 0).map((kind) => (
          <div key={kind}>
            <dt>
              <span className={styles.swatch} data-kind={kind} />
              {w.storage.kinds[kind]}
            </dt>
            <dd>{formatBytes(bytes[kind])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
