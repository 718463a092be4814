import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import styles from "./trash.module.css";

interface RemoveDialogProps {
  title: string;
  error: Error | null;
  isPending: boolean;
  onRemove: () => void;
  onClose: () => void;
}

/** Asked, since nothing brings it back. */
export function RemoveDialog({ title, error, isPending, onRemove, onClose }: RemoveDialogProps) {
  const m = useMessages();
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{m.trash.keep}</Button>
          <Button isDanger disabled={isPending} onClick={onRemove}>
            {m.trash.removeNow}
          </Button>
        </>
      }
    >
      <p>{m.trash.removeHint}</p>
      {error && (
        <p className={styles.error} role="alert">
          {error.message}
        </p>
      )}
    </Dialog>
  );
}
