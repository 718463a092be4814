import { useEffect, useState } from "react";
import { useMessages } from "@/lib/i18n";
import styles from "./code-block.module.css";
import { Icon } from "./icons";

/** Lines to paste, with a button that copies them. */
export function CodeBlock({ code }: { code: string }) {
  const m = useMessages();
  const [isCopied, setIsCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = () => {
    void navigator.clipboard?.writeText(code).then(() => setIsCopied(true));
  };
  return (
    <div className={styles.block}>
      <pre className={styles.code}>{code}</pre>
      <button type="button" className={styles.copy} onClick={copy}>
        <Icon name={isCopied ? "check" : "copy"} size={14} />
        <span aria-live="polite">{isCopied ? m.app.copied : m.app.copy}</span>
      </button>
    </div>
  );
}
