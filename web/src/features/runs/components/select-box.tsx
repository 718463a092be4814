import { classNames } from "@/lib/class-names";
import { Icon } from "@/ui/icons";
import styles from "./select-box.module.css";

interface SelectBoxProps {
  label: string;
  isChecked: boolean;
  /** With Shift: from the last one up to this. */
  onSelect: (isRange: boolean) => void;
  isFocusable?: boolean;
}

/**
 * The box that selects a row. A plain button: the kit's checkbox does not tell of Shift, and one
 * in each row of a long table would cost frames.
 */
export function SelectBox({ label, isChecked, onSelect, isFocusable = false }: SelectBoxProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input cannot be drawn as the kit's boxes are
    <button
      type="button"
      role="checkbox"
      className={styles.target}
      aria-checked={isChecked}
      aria-label={label}
      tabIndex={isFocusable ? 0 : -1}
      onClick={({ shiftKey }) => onSelect(shiftKey)}
    >
      <span className={classNames(styles.box, isChecked && styles.checked)}>
        {isChecked && <Icon name="check" size={12} />}
      </span>
    </button>
  );
}
