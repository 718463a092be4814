import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import styles from "../projects.module.css";

interface WaitingForRunsProps {
  serverUrl: string;
  /** The secret of a key that was just made for this page; null before. */
  apiKey: string | null;
  keyError: string | null;
  isCreatingKey: boolean;
  onCreateKey: () => void;
}

/** The first thing a new owner sees: two lines to paste. It turns into the list by itself. */
export function WaitingForRuns(props: WaitingForRunsProps) {
  const m = useMessages();
  const { serverUrl, apiKey, keyError } = props;
  const exports = `export WANDB_BASE_URL=${serverUrl}\nexport WANDB_API_KEY=${apiKey ?? "…"}`;
  return (
    <div className={styles.waiting}>
      <div className={styles.pulse} aria-hidden="true" />
      <h1 className={styles.waitingTitle}>{m.projects.emptyTitle}</h1>
      <p className={styles.waitingText}>{m.projects.emptyHint}</p>
      <h2 className={styles.step}>{m.projects.emptyStep1}</h2>
      <CodeBlock code={exports} />
      {apiKey === null ? (
        <div className={styles.keyLine}>
          <Button onClick={props.onCreateKey} disabled={props.isCreatingKey}>
            {m.projects.createKey}
          </Button>
          <p className={styles.hint}>{keyError ?? m.projects.emptyKey}</p>
        </div>
      ) : (
        <p className={styles.hint}>{m.projects.keyShownOnce}</p>
      )}
      <h2 className={styles.step}>{m.projects.emptyStep2}</h2>
      <CodeBlock code="python train.py" />
    </div>
  );
}
