/** A page or panel that has no data to show says why, and what to do. */
import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { Button } from "./button";
import styles from "./notice.module.css";

interface NoticeProps {
  title: string;
  children?: ReactNode;
  /** What can be done about it. */
  action?: ReactNode;
}

export function Notice({ title, children, action }: NoticeProps) {
  return (
    <div className={styles.notice}>
      <h2 className={styles.title}>{title}</h2>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

interface ErrorNoticeProps {
  title: string;
  detail: string;
  /** The server's own words. */
  said?: string | undefined;
  onRetry?: () => void;
}

export function ErrorNotice({ title, detail, said, onRetry }: ErrorNoticeProps) {
  const m = useMessages();
  return (
    <div role="alert">
      <Notice title={title} action={onRetry && <Button onClick={onRetry}>{m.app.retry}</Button>}>
        {detail}
        {said && <p className={styles.said}>{said}</p>}
      </Notice>
    </div>
  );
}
