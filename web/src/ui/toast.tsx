/** Short words about what just happened, with the way back. */
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "./button";
import styles from "./toast.module.css";

export interface ToastWords {
  title: string;
  detail?: string | undefined;
  kind?: "info" | "error";
  /** What can be done about it: undo, mostly. Doing it closes the toast. */
  action?: { label: string; onClick: () => void };
}

interface Toast extends ToastWords {
  id: number;
}

/** Time to read, decide and move the pointer. */
const UNDO_MS = 10_000;
const READ_MS = 5000;
const MAX_TOASTS = 3;

const ToastContext = createContext<(words: ToastWords) => void>(() => undefined);

export function useToast(): (words: ToastWords) => void {
  return use(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const m = useMessages();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);
  const add = useCallback((words: ToastWords) => {
    lastId.current += 1;
    const toast = { ...words, id: lastId.current };
    setToasts((shown) => [...shown, toast].slice(-MAX_TOASTS));
  }, []);
  const close = useCallback(
    (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  );
  return (
    <ToastContext value={add}>
      {children}
      {createPortal(
        // There from the start: screen readers tell only of what changes in a region they know.
        <section className={styles.viewport} aria-label={m.app.notifications} aria-live="polite">
          {toasts.map((toast) => (
            <ToastCard key={toast.id} toast={toast} onClose={close} />
          ))}
        </section>,
        document.body,
      )}
    </ToastContext>
  );
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose: (id: number) => void }) {
  const m = useMessages();
  const { id, title, detail, kind = "info", action } = toast;
  const [isHeld, setIsHeld] = useState(false);
  const stayMs = action ? UNDO_MS : READ_MS;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => onClose(id), stayMs);
    return () => clearTimeout(timer);
  }, [isHeld, id, stayMs, onClose]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done by it; it only waits while somebody reads
    <div
      className={styles.toast}
      data-type={kind}
      role={kind === "error" ? "alert" : undefined}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
        {detail && <p className={styles.detail}>{detail}</p>}
      </div>
      {action && (
        <Button
          onClick={() => {
            action.onClick();
            onClose(id);
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="close" label={m.app.close} onClick={() => onClose(id)} />
    </div>
  );
}
