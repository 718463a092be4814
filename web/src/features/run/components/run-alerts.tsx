import { useState } from "react";
import type { RunRef } from "@/api/client";
import { useMessages } from "@/lib/i18n";
import { TimeAgo } from "@/ui/time-ago";
import { useAlerts } from "../queries";
import styles from "./run-alerts.module.css";

const SHOWN = 3;

/** What the run's script wanted people to know, the newest first; nothing where it raised none. */
export function RunAlerts({ runRef }: { runRef: RunRef }) {
  const m = useMessages();
  const { data } = useAlerts(runRef);
  const [isWhole, setWhole] = useState(false);
  if (!data || data.alerts.length === 0) return null;
  const shown = isWhole ? data.alerts : data.alerts.slice(0, SHOWN);
  return (
    <section className={styles.alerts} aria-label={m.run.alerts}>
      <ul>
        {shown.map(({ title, text, level, created_at }) => (
          <li key={`${created_at} ${title}`} className={styles.alert} data-level={level}>
            <div className={styles.head}>
              <span className={styles.level}>{m.run.alertLevels[level]}</span>
              <strong className={styles.title}>{title}</strong>
              <TimeAgo at={created_at} />
            </div>
            {text !== "" && text !== title && <p className={styles.text}>{text}</p>}
          </li>
        ))}
      </ul>
      {data.alerts.length > SHOWN && (
        <button type="button" className={styles.more} onClick={() => setWhole(!isWhole)}>
          {isWhole ? m.run.fewerAlerts : m.run.allAlerts(data.alerts.length)}
        </button>
      )}
    </section>
  );
}
