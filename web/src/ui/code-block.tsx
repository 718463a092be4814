import { useMessages } from "@/lib/i18n";
import styles from "./code-block.module.css";
import { Icon } from "./icons";
import { useCopy } from "./use-copy";

/** Lines to paste, with a button that copies them. */
export function CodeBlock({ code }: { code: string }) {
  const m = useMessages();
  const { isCopied, copy } = useCopy(code);
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled by keys, too */}
      <pre className={styles.code} tabIndex={0}>
        {code}
      </pre>
      <button type="button" className={styles.copy} onClick={copy}>
        <Icon name={isCopied ? "check" : "copy"} size={14} />
        <span aria-live="polite">{isCopied ? m.app.copied : m.app.copy}</span>
      </button>
    </div>
  );
}

/** A short text that is its own copy button. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const m = useMessages();
  const { isCopied, copy } = useCopy(text);
  return (
    <button type="button" className={styles.inline} title={label} onClick={copy}>
      <code>{text}</code>
      <Icon name={isCopied ? "check" : "copy"} size={12} />
      <span className="visually-hidden" aria-live="polite">
        {isCopied ? m.app.copied : label}
      </span>
    </button>
  );
}
