/** What is wrong with a condition, and where. */
import { classNames } from "@/lib/class-names";
import type { Mistake } from "@/lib/query/types";
import styles from "./misread.module.css";

interface MisreadProps {
  text: string;
  mistake: Mistake;
  /** What is only missing at the end is no mistake yet. */
  isBeingWritten: boolean;
}

/** So much of the text is shown before the place. */
const MAX_BEFORE = 40;

export function Misread({ text, mistake, isBeingWritten }: MisreadProps) {
  const { reason, start, end } = mistake;
  const isUnfinished = start >= text.trimEnd().length;
  const first = start > MAX_BEFORE ? start - MAX_BEFORE : 0;
  return (
    <div
      className={classNames(styles.problem, isBeingWritten && isUnfinished && styles.isUnfinished)}
      role="alert"
    >
      {reason.slice(0, 1).toUpperCase() + reason.slice(1)}
      {!isUnfinished && (
        <code className={styles.text}>
          {first > 0 && "…"}
          {text.slice(first, start)}
          <mark className={styles.place}>{text.slice(start, Math.max(end, start + 1))}</mark>
          {text.slice(Math.max(end, start + 1))}
        </code>
      )}
    </div>
  );
}

/** The server's words, and below them its finger on the place: what points needs its column. */
export function Problem({ said }: { said: string }) {
  const [words = "", ...lines] = said.split("\n");
  return (
    <div className={styles.problem} role="alert">
      {words}
      {lines.length > 0 && <pre className={styles.pointing}>{lines.join("\n")}</pre>}
    </div>
  );
}
