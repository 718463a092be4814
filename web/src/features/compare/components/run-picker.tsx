/** Finds runs and puts them beside the others. */
import { useId, useState } from "react";
import type { RunRow } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { SearchField } from "@/ui/search-field";
import { StateMark } from "@/ui/state-mark";
import { TimeAgo } from "@/ui/time-ago";
import { useFindRuns } from "../queries";
import { addressText, MAX_RUNS, type Place, type RunAddress, readSearch } from "../refs";
import { RunDot } from "./run-dot";
import styles from "./run-picker.module.css";

interface RunPickerProps {
  place: Place;
  runs: readonly RunAddress[];
  onRuns: (runs: readonly RunAddress[]) => void;
  isPrimary?: boolean;
}

export function RunPicker({ place, runs, onRuns, isPrimary = false }: RunPickerProps) {
  const m = useMessages();
  const [isOpen, setIsOpen] = useState(false);
  const isFull = runs.length >= MAX_RUNS;
  return (
    <Popover
      label={m.compare.addRun}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <Button
          isPrimary={isPrimary}
          disabled={isFull}
          title={isFull ? m.compare.full(MAX_RUNS) : undefined}
        >
          {m.compare.addRun}
        </Button>
      }
    >
      {isOpen && <Finder place={place} runs={runs} onRuns={onRuns} />}
    </Popover>
  );
}

function Finder({ place, runs, onRuns }: RunPickerProps) {
  const m = useMessages();
  const id = useId();
  const [text, setText] = useState("");
  const asked = readSearch(text, place);
  const { data, error } = useFindRuns(asked.place, asked.search, true);
  const picked = new Set(runs.map(addressText));
  const add = (run: RunRow) => {
    const address = { entity: run.entity, project: run.project, run: run.id };
    if (!picked.has(addressText(address)) && runs.length < MAX_RUNS) onRuns([...runs, address]);
  };
  return (
    <div className={styles.finder}>
      <SearchField label={m.compare.findRun} value={text} onChange={setText} />
      <ul className={styles.list} aria-labelledby={id}>
        <li id={id} className="visually-hidden">
          {m.compare.addRun}
        </li>
        {data?.map((run) => {
          const isPicked = picked.has(`${run.entity}/${run.project}/${run.id}`);
          return (
            <li key={run.id}>
              <button
                type="button"
                className={styles.run}
                disabled={isPicked}
                onClick={() => add(run)}
              >
                <RunDot run={run} />
                <span className={styles.name} title={runName(run)} dir="auto">
                  {runName(run)}
                </span>
                <span className={styles.fact}>
                  {isPicked ? m.compare.isPicked : <TimeAgo at={run.created_at} />}
                </span>
                <StateMark state={run.state} />
              </button>
            </li>
          );
        })}
      </ul>
      {(error || data?.length === 0) && (
        <p className={styles.none}>{error ? error.message : m.compare.noRunFound}</p>
      )}
    </div>
  );
}
