import type { ReactNode } from "react";
import type { ArtifactRun, CollectionRef } from "@/api/artifacts";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useToast } from "@/ui/toast";
import { useDelete } from "../queries";
import styles from "./delete-dialog.module.css";

interface DeleteDialogProps {
  collection: CollectionRef;
  /** null: the whole collection. */
  version: string | null;
  name: string;
  title: string;
  action: string;
  /** What is lost. */
  children: ReactNode;
  onClose: () => void;
  onDeleted: () => void;
}

/** Asked, since nothing brings it back. */
export function DeleteDialog(props: DeleteDialogProps) {
  const { collection, version, name, title, action, children, onClose, onDeleted } = props;
  const m = useMessages();
  const toast = useToast();
  const remove = useDelete(collection);
  const onDelete = () =>
    remove.mutate(version, {
      onSuccess: () => {
        toast({ title: m.artifacts.deleted(name) });
        onClose();
        onDeleted();
      },
      onError: (error) =>
        toast({ kind: "error", title: m.artifacts.notDeleted, detail: error.message }),
    });
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{m.artifacts.cancel}</Button>
          <Button isDanger disabled={remove.isPending} onClick={onDelete}>
            {action}
          </Button>
        </>
      }
    >
      <div className={styles.asked}>{children}</div>
    </Dialog>
  );
}

/** So many are told by name. */
const NUM_NAMED = 5;

/** Which runs miss it. */
export function UsedBy({ runs }: { runs: readonly ArtifactRun[] }) {
  const m = useMessages();
  if (runs.length === 0) return null;
  const named = runs.slice(0, NUM_NAMED).map((run) => run.display_name || run.id);
  return (
    <p>
      {m.artifacts.wasUsed(runs.length)}{" "}
      <span className={styles.users}>
        {named.join(", ")}
        {runs.length > NUM_NAMED && ", …"}
      </span>
    </p>
  );
}
