/** A run's state as a small mark: shape and colour both tell it. */
import { useMessages } from "@/lib/i18n";
import styles from "./state-mark.module.css";

export type StateName =
  | "pending"
  | "running"
  | "finished"
  | "failed"
  | "crashed"
  | "killed"
  | "preempting"
  | "preempted";

export function StateMark({ state, withName = false }: { state: StateName; withName?: boolean }) {
  const name = useMessages().states[state];
  return (
    <span className={styles.state} data-state={state} title={withName ? undefined : name}>
      <svg className={styles.mark} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {SHAPES[state]}
      </svg>
      <span className={withName ? undefined : "visually-hidden"}>{name}</span>
    </span>
  );
}

const line = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.6,
  strokeLinecap: "round",
} as const;

const SHAPES = {
  pending: <circle cx="6" cy="6" r="3.6" {...line} strokeDasharray="2 2" />,
  running: <circle cx="6" cy="6" r="3.75" fill="currentColor" />,
  finished: <path d="m2.600 6.300 2.300 2.300 4.500-5" {...line} strokeLinejoin="round" />,
  failed: <path d="m3.200 3.200 5.600 5.600M8.800 3.200 3.200 8.800" {...line} />,
  crashed: <path d="M6 2.500v4.300M6 9.400v.1" {...line} strokeWidth={1.9} />,
  killed: <rect x="3" y="3" width="6" height="6" rx="1" fill="currentColor" />,
  preempting: <path d="M4.300 3v6M7.700 3v6" {...line} />,
  preempted: <path d="M4.300 3v6M7.700 3v6" {...line} />,
};
