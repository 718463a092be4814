import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { RunRow } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Icon } from "@/ui/icons";
import { StateMark } from "@/ui/state-mark";
import styles from "./run-list.module.css";
import { RunSwatch } from "./run-swatch";

interface RunListItemProps {
  run: RunRow;
  dash: readonly number[];
  isVisible: boolean;
  isActive: boolean;
  onToggle: (id: string) => void;
  onHighlight: (id: string | null) => void;
}

/** Memoised: while runs are live, the few rows that changed are drawn again, not all. */
export const RunListItem = memo(function RunListItem(props: RunListItemProps) {
  const { run, dash, isVisible, isActive, onToggle, onHighlight } = props;
  const m = useMessages();
  const { id, entity, project } = run;
  const name = runName(run);
  return (
    <div
      className={classNames(styles.row, isActive && styles.active, !isVisible && styles.hidden)}
      data-testid="run-row"
      data-run={id}
      onPointerEnter={() => onHighlight(isVisible ? id : null)}
    >
      <button
        type="button"
        className={styles.eye}
        aria-pressed={isVisible}
        aria-label={isVisible ? m.runs.hide(name) : m.runs.show(name)}
        onClick={() => onToggle(id)}
      >
        <Icon name={isVisible ? "eye" : "eyeOff"} size={14} />
      </button>
      <RunSwatch run={run} dash={dash} isHidden={!isVisible} />
      <Link
        className={styles.name}
        to="/$entity/$project/runs/$run"
        params={{ entity, project, run: id }}
        title={name}
        dir="auto"
      >
        {name}
      </Link>
      {run.state === "running" && run.last_step !== null && (
        <span className={styles.step} title={m.runs.step(run.last_step.toLocaleString("en-US"))}>
          {formatCount(run.last_step)}
        </span>
      )}
      <StateMark state={run.state} />
    </div>
  );
});
