import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { type ReactNode, useRef } from "react";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "./button";
import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
}

const WIDTHS = { small: "400px", medium: "560px", large: "840px" };

/** Asks for something before anything else goes on. */
export function Dialog({ title, isOpen, onClose, children, footer, size = "small" }: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          className={styles.dialog}
          style={{ "--dialog-width": WIDTHS[size] }}
          initialFocus={(openedBy) => {
            // Where a finger opened it, a field would bring up the keyboard over what it asks.
            if (openedBy === "touch") return true;
            return body.current?.querySelector<HTMLElement>("input, textarea") ?? true;
          }}
        >
          <DialogHeader title={title} />
          <div ref={body} className={styles.body}>
            {children}
          </div>
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** Title and the way out; also a drawer's. */
export function DialogHeader({ title }: { title: string }) {
  const m = useMessages();
  return (
    <header className={styles.header}>
      <BaseDialog.Title className={styles.title} title={title} dir="auto">
        {title}
      </BaseDialog.Title>
      <BaseDialog.Close render={<IconButton icon="close" label={m.app.close} />} />
    </header>
  );
}
