import type { RunRow } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { MISSING } from "@/lib/format";
import { StateMark } from "@/ui/state-mark";
import { Tag } from "@/ui/tag";
import { TimeAgo } from "@/ui/time-ago";
import { cellOf } from "../cells";
import { NAME } from "../columns";
import { RunLink } from "./run-link";
import styles from "./run-table.module.css";

interface TableCellProps {
  run: RunRow;
  name: string;
  now: number;
  onOpen: (run: RunRow) => void;
}

const TIMES: ReadonlySet<string> = new Set(["created_at", "heartbeat_at", "finished_at"]);
/** More of them are counted. */
const MAX_TAGS = 6;

/** What one cell shows of a run. */
export function TableCell({ run, name, now, onOpen }: TableCellProps) {
  // The table is one stop for the keyboard; Enter opens the run of the cell.
  if (name === NAME) {
    return <RunLink run={run} className={styles.name} onOpen={onOpen} isFocusable={false} />;
  }
  if (name === "state") return <StateMark state={run.state} withName />;
  if (name === "tags") return <TagsCell tags={run.tags} />;
  const { text, full, isNumber } = cellOf(run, name, now);
  if (text === "") return <span className={styles.missing}>{MISSING}</span>;
  if (TIMES.has(name)) return <TimeAgo at={full} />;
  return (
    <span className={classNames(styles.text, isNumber && styles.number)} title={full} dir="auto">
      {text}
    </span>
  );
}

function TagsCell({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <span className={styles.missing}>{MISSING}</span>;
  return (
    <span className={styles.tags}>
      {tags.slice(0, MAX_TAGS).map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
      {tags.length > MAX_TAGS && <span>+{tags.length - MAX_TAGS}</span>}
    </span>
  );
}
