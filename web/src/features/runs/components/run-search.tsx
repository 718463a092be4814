/** The field above a list of runs: words to look for, or a condition. */
import type { Ref } from "react";
import { ProblemError } from "@/api/problem";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { IconButton } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { SearchField } from "@/ui/search-field";
import { isCondition } from "../filter-text";
import styles from "./run-search.module.css";

interface RunSearchProps {
  text: string;
  onText: (text: string) => void;
  error: Error | null;
  warnings: readonly string[];
  ref?: Ref<HTMLInputElement>;
}

export function RunSearch({ text: settled, onText, error, warnings, ref }: RunSearchProps) {
  const m = useMessages();
  const [text, setText] = useSearchText(settled, onText);
  const said = problemOf(error);
  return (
    <div className={styles.search}>
      <div className={styles.line}>
        <div className={classNames(styles.field, isCondition(text) && styles.isCondition)}>
          <SearchField
            {...(ref ? { ref } : {})}
            label={m.runs.filter}
            value={text}
            onChange={setText}
            shortcut="/"
          />
        </div>
        <FilterHelp onExample={setText} />
      </div>
      {said !== null && <Problem said={said} />}
      {said === null && warnings.length > 0 && isCondition(settled) && (
        <p className={styles.warning} role="status">
          {warnings.join(" ")}
        </p>
      )}
    </div>
  );
}

const EXAMPLES = [
  "config.lr < 1e-3",
  "summary.val/loss < 0.2",
  'state in ["failed", "crashed"]',
  '"baseline" in tags',
  'name ~ "resnet.*"',
  'created_at > "2026-11-01"',
  "summary.loss == nan",
];

function FilterHelp({ onExample }: { onExample: (text: string) => void }) {
  const m = useMessages();
  return (
    <Popover
      label={m.runs.filterHelp}
      align="end"
      trigger={<IconButton icon="filter" label={m.runs.filterHelp} />}
    >
      <div className={styles.help}>
        <p>{m.runs.filterHint}</p>
        <ul>
          {EXAMPLES.map((example) => (
            <li key={example}>
              <button type="button" className={styles.example} onClick={() => onExample(example)}>
                <code>{example}</code>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Popover>
  );
}

/** The server's words, and below them its finger on the place: what points needs its column. */
function Problem({ said }: { said: string }) {
  const [words = "", ...lines] = said.split("\n");
  return (
    <div className={styles.problem} role="alert">
      {words}
      {lines.length > 0 && <pre className={styles.place}>{lines.join("\n")}</pre>}
    </div>
  );
}

/** What was wrong with the question: its condition, its columns, its order. */
function problemOf(error: Error | null): string | null {
  return error instanceof ProblemError && error.status === 400 ? error.message : null;
}
