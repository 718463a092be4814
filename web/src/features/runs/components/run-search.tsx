/** The field above a list of runs: words to look for, or a condition, which it helps to write. */
import { type Ref, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import type { ProjectRef } from "@/api/client";
import { ProblemError } from "@/api/problem";
import type { QueryWarning } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { IconButton } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { SearchField } from "@/ui/search-field";
import { isCondition } from "../filter-text";
import { useFilterLanguage } from "../use-filter-language";
import { useKeySuggestions } from "../use-key-suggestions";
import { usePaused } from "../use-paused";
import { KeySuggestions } from "./key-suggestions";
import { Misread, Problem } from "./misread";
import styles from "./run-search.module.css";

interface RunSearchProps {
  project: ProjectRef;
  text: string;
  onText: (text: string) => void;
  error: Error | null;
  warnings: readonly QueryWarning[];
  ref?: Ref<HTMLInputElement>;
}

export function RunSearch(props: RunSearchProps) {
  const { project, text: settled, onText, error, warnings, ref } = props;
  const m = useMessages();
  const field = useRef<HTMLInputElement>(null);
  useImperativeHandle<HTMLInputElement | null, HTMLInputElement | null>(ref, () => field.current);
  const [caret, setCaret] = useState<number | null>(null);
  const language = useFilterLanguage(caret !== null || isCondition(settled));
  const mistakeIn = (one: string) => (isCondition(one) ? (language?.mistakeIn(one) ?? null) : null);
  // What cannot be read is not asked: what was found before stays.
  const [text, setText] = useSearchText(settled, (next) => {
    if (mistakeIn(next) === null) onText(next);
  });
  const isPaused = usePaused(text);
  const mistake = mistakeIn(text);
  const said = problemOf(error);

  const listId = useId();
  const suggestions = useKeySuggestions(project, language, text, caret);
  const nextCaret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (nextCaret.current !== null)
      field.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = null;
  });
  const onPick = (key: string) => {
    const [next, at] = suggestions.accept(key);
    nextCaret.current = at;
    setText(next);
    setCaret(at);
  };
  const optionId = (place: number) => `${listId}-${place}`;

  return (
    <div className={styles.search}>
      <div className={styles.line}>
        <div className={classNames(styles.field, isCondition(text) && styles.isCondition)}>
          <SearchField
            ref={field}
            label={m.runs.filter}
            value={text}
            onChange={setText}
            shortcut="/"
            onCaret={setCaret}
            onKeyDown={(event) => {
              const picked = suggestions.onKey(event.key);
              if (picked === null) return;
              event.preventDefault();
              if (typeof picked === "string") onPick(picked);
            }}
            {...(suggestions.keys.length > 0 && {
              completion: {
                listId,
                activeId: suggestions.active === null ? undefined : optionId(suggestions.active),
              },
            })}
          />
          {suggestions.keys.length > 0 && (
            <KeySuggestions
              id={listId}
              keys={suggestions.keys}
              active={suggestions.active}
              optionId={optionId}
              onPick={onPick}
            />
          )}
        </div>
        <FilterHelp onExample={setText} />
      </div>
      {mistake !== null && isPaused && suggestions.keys.length === 0 && (
        <Misread text={text} mistake={mistake} isBeingWritten={caret !== null} />
      )}
      {mistake === null && said !== null && <Problem said={said} />}
      {mistake === null && said === null && warnings.length > 0 && isCondition(settled) && (
        <div className={styles.warning} role="status">
          {warnings.map((warning) => (
            <Doubt key={warning.message} warning={warning} text={settled} onText={setText} />
          ))}
        </div>
      )}
    </div>
  );
}

interface DoubtProps {
  warning: QueryWarning;
  text: string;
  onText: (text: string) => void;
}

/** What may not have been meant, and with one click what was. */
function Doubt({ warning: { message, position, end, meant }, text, onText }: DoubtProps) {
  const m = useMessages();
  // The server counts code points.
  const letters = [...text];
  const place = position ?? -1;
  const next =
    meant === null || place < 0
      ? null
      : letters.slice(0, place).join("") + meant + letters.slice(end ?? place).join("");
  return (
    <p>
      {message}
      {next !== null && (
        <button type="button" className={styles.meant} onClick={() => onText(next)}>
          {m.runs.writeInstead} <code>{meant}</code>
        </button>
      )}
    </p>
  );
}

const EXAMPLES = [
  "config.lr < 1e-3",
  "summary.val/loss < 0.2",
  'state in ["failed", "crashed"]',
  '"baseline" in tags',
  'name ~ "resnet.*"',
  "created > -7d",
  "min(history.loss) < 0.1",
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

/** What was wrong with the question: its condition, its columns, its order. */
function problemOf(error: Error | null): string | null {
  return error instanceof ProblemError && error.status === 400 ? error.message : null;
}
