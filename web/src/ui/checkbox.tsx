import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import styles from "./choice.module.css";
import { Icon } from "./icons";

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
  const box = (
    <BaseCheckbox.Root
      className={styles.box}
      aria-label={label}
      checked={checked}
      indeterminate={isIndeterminate}
      onCheckedChange={onChange}
    >
      <BaseCheckbox.Indicator className={styles.mark}>
        {isIndeterminate ? <span className={styles.dash} /> : <Icon name="check" size={12} />}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
  if (isLabelHidden) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is the control
    <label className={styles.row}>
      {box}
      {label}
    </label>
  );
}
