import { useMessages } from "@/lib/i18n";
import { CodeBlock } from "@/ui/code-block";
import styles from "../projects.module.css";

/** The first thing a new owner sees: two lines to paste. It turns into the list by itself. */
export function WaitingForRuns({ serverUrl }: { serverUrl: string }) {
  const m = useMessages();
  const exports = `export WANDB_BASE_URL=${serverUrl}\nexport WANDB_API_KEY=…`;
  return (
    <main className={styles.waiting}>
      <div className={styles.pulse} aria-hidden="true" />
      <h1 className={styles.waitingTitle}>{m.projects.emptyTitle}</h1>
      <p className={styles.waitingText}>{m.projects.emptyHint}</p>
      <h2 className={styles.step}>{m.projects.emptyStep1}</h2>
      <CodeBlock code={exports} />
      <p className={styles.hint}>{m.projects.emptyKey}</p>
      <h2 className={styles.step}>{m.projects.emptyStep2}</h2>
      <CodeBlock code="python train.py" />
    </main>
  );
}
