import { Popover as BasePopover } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import styles from "./floating.module.css";

interface PopoverProps {
  label: string;
  /** A button. */
  trigger: ReactElement;
  children: ReactNode;
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  /** Given with `onOpenChange`, where the owner decides. */
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}

/** A small panel that belongs to a button; the page behind stays alive. */
export function Popover(props: PopoverProps) {
  const { label, trigger, children, side = "bottom", align = "start", isOpen } = props;
  return (
    <BasePopover.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      onOpenChange={(next) => props.onOpenChange?.(next)}
    >
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner
          className={styles.positioner}
          side={side}
          align={align}
          sideOffset={4}
        >
          <BasePopover.Popup className={classNames(styles.popup, styles.padded)} aria-label={label}>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}
