import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { DialogHeader } from "./dialog";
import styles from "./dialog.module.css";

interface DrawerProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** In pixels; never wider than the window. */
  width?: number;
}

/** Slides over the page from the right; the page behind stays alive. */
export function Drawer({ title, isOpen, onClose, children, width = 480 }: DrawerProps) {
  return (
    <BaseDialog.Root
      open={isOpen}
      modal={false}
      disablePointerDismissal
      onOpenChange={(next) => !next && onClose()}
    >
      <BaseDialog.Portal>
        <BaseDialog.Popup className={styles.drawer} style={{ "--drawer-width": `${width}px` }}>
          <DialogHeader title={title} />
          <div className={styles.body}>{children}</div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
