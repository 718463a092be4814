/** Short words about what just happened, with the way back. */
import { Toast as BaseToast } from "@base-ui/react/toast";
import { type ReactNode, useCallback } from "react";
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

interface ToastData {
  action?: ToastWords["action"];
}

/** Time to read, decide and move the pointer. */
const UNDO_MS = 10_000;
const READ_MS = 5000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const m = useMessages();
  return (
    <BaseToast.Provider limit={3}>
      {children}
      <BaseToast.Portal>
        <BaseToast.Viewport className={styles.viewport} aria-label={m.app.notifications}>
          <Toasts />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  );
}

export function useToast(): (words: ToastWords) => void {
  const { add } = BaseToast.useToastManager<ToastData>();
  return useCallback(
    ({ title, detail, kind = "info", action }) => {
      add({
        title,
        description: detail,
        type: kind,
        priority: kind === "error" ? "high" : "low",
        timeout: action ? UNDO_MS : READ_MS,
        data: { action },
      });
    },
    [add],
  );
}

function Toasts() {
  const m = useMessages();
  const { toasts, close } = BaseToast.useToastManager<ToastData>();
  return toasts.map((toast) => {
    const action = toast.data?.action;
    return (
      <BaseToast.Root key={toast.id} toast={toast} className={styles.toast} swipeDirection="right">
        <div className={styles.text}>
          <BaseToast.Title className={styles.title} />
          <BaseToast.Description className={styles.detail} />
        </div>
        {action && (
          <Button
            onClick={() => {
              action.onClick();
              close(toast.id);
            }}
          >
            {action.label}
          </Button>
        )}
        <BaseToast.Close render={<IconButton icon="close" label={m.app.close} />} />
      </BaseToast.Root>
    );
  });
}
