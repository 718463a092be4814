import type { ButtonHTMLAttributes } from "react";
import { classNames } from "@/lib/class-names";
import styles from "./button.module.css";
import { Icon, type IconName } from "./icons";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement>;

export function Button({
  isPrimary = false,
  isDanger = false,
  className,
  ...rest
}: ButtonProps & { isPrimary?: boolean; isDanger?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(
        styles.button,
        isPrimary && styles.primary,
        isDanger && styles.danger,
        className,
      )}
    />
  );
}

interface IconButtonProps extends ButtonProps {
  icon: IconName;
  label: string;
}

/** A button that is an icon; its label is the tooltip and the accessible name. */
export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(styles.icon, className)}
      aria-label={label}
      title={label}
    >
      <Icon name={icon} />
    </button>
  );
}
