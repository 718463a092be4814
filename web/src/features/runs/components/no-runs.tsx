import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";

interface NoRunsProps {
  className: string | undefined;
  /** What was looked for; empty where nothing was. */
  text: string;
  onClear: () => void;
}

/** Why a list or table of runs is empty, and what to do. */
export function NoRuns({ className, text, onClear }: NoRunsProps) {
  const m = useMessages();
  return (
    <div className={className}>
      <p>{text === "" ? m.runs.emptyHint : m.runs.noMatch(text)}</p>
      {text !== "" && <Button onClick={onClear}>{m.runs.clearFilter}</Button>}
    </div>
  );
}
