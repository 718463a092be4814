import type { ReactNode } from "react";
import { formatDateTime } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { Skeleton } from "@/ui/skeleton";
import { StateMark, type StateName } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import styles from "./trash.module.css";
import { useWords } from "./words/use-words";

export function TrashTable({ label, children }: { label: string; children: ReactNode }) {
  const w = useWords();
  return (
    <div className={styles.scroller}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{w.name}</th>
            <th scope="col" className={styles.number}>
              {w.deletedAt}
            </th>
            <th scope="col" className={styles.number}>
              {w.removedAt}
            </th>
            <th scope="col">
              <span className="visually-hidden">{w.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface TrashRowProps {
  name: string;
  /** Of a run. */
  state?: StateName;
  /** What else there is to know. */
  detail?: string;
  deletedAt: string;
  removedAt: string;
  children: ReactNode;
}

export function TrashRow({ name, state, detail, deletedAt, removedAt, children }: TrashRowProps) {
  return (
    <tr>
      <td className={styles.name} title={name}>
        {state && <StateMark state={state} />}
        <bdi>{name}</bdi>
        {detail && <span className={styles.detail}>{detail}</span>}
      </td>
      <td className={styles.number}>
        <TimeAgo at={deletedAt} />
      </td>
      <td className={styles.number}>
        <DaysLeft until={removedAt} />
      </td>
      <td className={styles.actions}>{children}</td>
    </tr>
  );
}

const DAY_MS = 86_400_000;

function DaysLeft({ until }: { until: string }) {
  const w = useWords();
  const days = Math.ceil((Date.parse(until) - useNow()) / DAY_MS);
  return (
    <time
      dateTime={until}
      title={formatDateTime(until)}
      className={days <= 3 ? styles.soon : undefined}
    >
      {days <= 1 ? w.today : w.inDays(days)}
    </time>
  );
}

export function TrashSkeleton() {
  const w = useWords();
  return (
    <TrashTable label={w.title}>
      {[160, 110, 190].map((width) => (
        <tr key={width}>
          {[width, 48, 64, 120].map((cell) => (
            <td key={cell}>
              <Skeleton width={cell} />
            </td>
          ))}
        </tr>
      ))}
    </TrashTable>
  );
}
