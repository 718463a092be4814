import { useEffect, useRef } from "react";
import styles from "./choice.module.css";

interface CheckboxProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Some of what it stands for are on. */
  isIndeterminate?: boolean;
  isLabelHidden?: boolean;
}

export function Checkbox({
  label,
  checked,
  onChange,
  isIndeterminate = false,
  isLabelHidden = false,
}: CheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = isIndeterminate;
  }, [isIndeterminate]);
  const input = (
    <input
      ref={box}
      type="checkbox"
      className={styles.box}
      aria-label={isLabelHidden ? label : undefined}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
  if (isLabelHidden) return input;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input inside is the control
    <label className={styles.row}>
      {input}
      {label}
    </label>
  );
}
