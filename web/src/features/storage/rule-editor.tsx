/** A rule as text, with parts to begin from and what it would do; off until that was seen. */
import { useEffect, useId, useState } from "react";
import type { RetentionRule, RulePlace } from "@/api/storage";
import { formatBytes } from "@/lib/format-bytes";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Skeleton } from "@/ui/skeleton";
import { useToast } from "@/ui/toast";
import { TEMPLATES, withPart } from "./model";
import { useDeleteRule, useRulePreview, useSetRule } from "./queries";
import { RulePreview } from "./rule-preview";
import styles from "./storage.module.css";
import { useWords } from "./words/use-words";

const PAUSE_MS = 300;

interface RuleEditorProps {
  place: RulePlace;
  /** As it is kept; null for a new one. */
  rule: RetentionRule | null;
  onDone: () => void;
}

export function RuleEditor({ place, rule, onDone }: RuleEditorProps) {
  const w = useWords();
  const toast = useToast();
  const id = useId();
  const [text, setText] = useState(rule?.text ?? "");
  const [isMeant, setMeant] = useState(false);
  const asked = usePaused(text);
  const {
    data: preview,
    error,
    isPlaceholderData,
    isFetching,
    refetch,
  } = useRulePreview(place, asked);
  const save = useSetRule(place);
  const forget = useDeleteRule();
  const isCurrent = preview !== undefined && !isPlaceholderData && asked === text && !error;
  const isBlank = text.trim() === "";
  const keep = (isOn: boolean) =>
    save.mutate(
      {
        text,
        is_on: isOn,
        seen: isOn ? (preview?.seen ?? null) : null,
        even_if_nothing_is_kept: isMeant,
      },
      {
        onSuccess: () => {
          toast({ title: isOn ? w.retention.turnedOn : w.retention.savedOff });
          onDone();
        },
        // What it would delete may have changed: look again.
        onError: () => void refetch(),
      },
    );
  const remove = () =>
    forget.mutate(place, {
      onSuccess: () => {
        toast({ title: w.retention.removed });
        onDone();
      },
    });
  const failure = save.error ?? forget.error;
  return (
    <div className={styles.editor}>
      <div className={styles.rule}>
        <label htmlFor={id}>{w.retention.rule}</label>
        <textarea
          id={id}
          value={text}
          rows={4}
          spellCheck={false}
          autoCapitalize="off"
          placeholder={TEMPLATES.slice(0, 2).join("\n")}
          aria-invalid={error !== null && !isBlank}
          aria-describedby={`${id}-said`}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={styles.parts}>
          {TEMPLATES.map((part) => (
            <Button key={part} onClick={() => setText(withPart(text, part))}>
              + {part.replace(/^keep /, "")}
            </Button>
          ))}
        </div>
        <p className={styles.aside}>{w.retention.hint}</p>
      </div>
      <div id={`${id}-said`} className={styles.said} data-busy={isFetching}>
        {error && !isBlank && (
          <pre className={styles.mistake} role="alert">
            {error.message}
          </pre>
        )}
        {isBlank && <p className={styles.none}>{w.retention.blank}</p>}
        {!isBlank && !error && !preview && <Skeleton width="60%" />}
        {!isBlank && !error && preview && <RulePreview preview={preview} />}
      </div>
      {failure && (
        <p className={styles.error} role="alert">
          {failure.message}
        </p>
      )}
      {preview?.keeps_nothing && isCurrent && (
        <Checkbox label={w.retention.meant} checked={isMeant} onChange={setMeant} />
      )}
      <footer className={styles.actions}>
        {rule && (
          <Button isDanger disabled={forget.isPending} onClick={remove}>
            {w.retention.forget}
          </Button>
        )}
        <Button disabled={isBlank || error !== null || save.isPending} onClick={() => keep(false)}>
          {rule?.is_on ? w.retention.turnOff : w.retention.saveOff}
        </Button>
        <Button
          isPrimary
          disabled={
            !isCurrent ||
            save.isPending ||
            preview.unknown.length > 0 ||
            (preview.keeps_nothing && !isMeant)
          }
          onClick={() => keep(true)}
        >
          {isCurrent
            ? w.retention.turnOn(preview.num_going, formatBytes(preview.freed_bytes))
            : w.retention.turnOnWaiting}
        </Button>
      </footer>
    </div>
  );
}

function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
