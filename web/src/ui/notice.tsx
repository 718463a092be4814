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
  /** There is nothing else on the page: the title is the page's. */
  isPage?: boolean;
}

export function Notice({ title, children, action, isPage = false }: NoticeProps) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className={styles.notice}>
      <Title className={styles.title}>{title}</Title>
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
  isPage?: boolean;
}

export function ErrorNotice({ title, detail, said, onRetry, isPage = false }: ErrorNoticeProps) {
  const m = useMessages();
  return (
    <div role="alert">
      <Notice
        title={title}
        isPage={isPage}
        action={onRetry && <Button onClick={onRetry}>{m.app.retry}</Button>}
      >
        {detail}
        {said && <p className={styles.said}>{said}</p>}
      </Notice>
    </div>
  );
}
