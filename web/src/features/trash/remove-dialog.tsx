import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import styles from "./trash.module.css";
import { useWords } from "./words/use-words";

interface RemoveDialogProps {
  title: string;
  error: Error | null;
  isPending: boolean;
  onRemove: () => void;
  onClose: () => void;
}

/** Asked, since nothing brings it back. */
export function RemoveDialog({ title, error, isPending, onRemove, onClose }: RemoveDialogProps) {
  const w = useWords();
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{w.keep}</Button>
          <Button isDanger disabled={isPending} onClick={onRemove}>
            {w.removeNow}
          </Button>
        </>
      }
    >
      <p>{w.removeHint}</p>
      {error && (
        <p className={styles.error} role="alert">
          {error.message}
        </p>
      )}
    </Dialog>
  );
}
