import { Switch as BaseSwitch } from "@base-ui/react/switch";
import styles from "./choice.module.css";

interface SwitchProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Takes effect at once, unlike a checkbox in a form. */
export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control
    <label className={styles.row}>
      <BaseSwitch.Root
        className={styles.track}
        aria-label={label}
        checked={checked}
        onCheckedChange={onChange}
      >
        <BaseSwitch.Thumb className={styles.thumb} />
      </BaseSwitch.Root>
      {label}
    </label>
  );
}
