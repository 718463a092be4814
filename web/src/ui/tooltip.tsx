import { Tooltip as BaseTooltip } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import styles from "./floating.module.css";

interface TooltipProps {
  content: ReactNode;
  /** One element that can have the focus. */
  children: ReactElement;
  side?: "top" | "bottom" | "left" | "right";
}

/** Says more on hover and focus. What is needed to use the page does not belong here. */
export function Tooltip({ content, children, side = "bottom" }: TooltipProps) {
  return (
    <BaseTooltip.Root>
      <BaseTooltip.Trigger delay={400} render={children} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner className={styles.positioner} side={side} sideOffset={6}>
          <BaseTooltip.Popup className={styles.tooltip}>{content}</BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
