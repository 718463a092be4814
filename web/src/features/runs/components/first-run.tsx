/** A project before its first run: what to paste. It turns into the project by itself. */
import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { CodeBlock } from "@/ui/code-block";
import styles from "./first-run.module.css";

interface FirstRunProps {
  serverUrl: string;
  /** A script whose run appears here. */
  example: string;
  /** The way to an API key. */
  keyLink: ReactNode;
}

export function FirstRun({ serverUrl, example, keyLink }: FirstRunProps) {
  const m = useMessages();
  return (
    <section className={styles.page}>
      <div className={styles.pulse} aria-hidden="true" />
      <h1 className={styles.title}>{m.runs.waiting}</h1>
      <p className={styles.text}>{m.runs.waitingHint}</p>
      <h2 className={styles.step}>{m.runs.waitingStep1}</h2>
      <CodeBlock code={`export WANDB_BASE_URL=${serverUrl}\nexport WANDB_API_KEY=…`} />
      <p className={styles.hint}>{keyLink}</p>
      <h2 className={styles.step}>{m.runs.waitingStep2}</h2>
      <CodeBlock code={example} />
    </section>
  );
}
