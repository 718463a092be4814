import { Select as BaseSelect } from "@base-ui/react/select";
import floating from "./floating.module.css";
import { Icon } from "./icons";
import styles from "./select.module.css";

export interface SelectOption<T extends string> {
  value: T;
  label: string;
  detail?: string | undefined;
}

interface SelectProps<T extends string> {
  label: string;
  value: T;
  options: readonly SelectOption<T>[];
  onChange: (value: T) => void;
}

/** One of several, where there is no room for all of them. */
export function Select<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  return (
    <BaseSelect.Root
      value={value}
      items={options}
      onValueChange={(next) => next !== null && onChange(next)}
      modal={false}
    >
      <BaseSelect.Trigger className={styles.trigger} aria-label={label}>
        <BaseSelect.Value className={styles.value} />
        <Icon name="chevron" size={12} />
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner
          className={floating.positioner}
          sideOffset={4}
          alignItemWithTrigger={false}
        >
          <BaseSelect.Popup className={floating.popup}>
            {options.map((option) => (
              <BaseSelect.Item key={option.value} value={option.value} className={floating.item}>
                {option.value === value ? <Icon name="check" /> : <span />}
                <BaseSelect.ItemText className={floating.label}>
                  {option.label}
                  {option.detail && <span className={floating.detail}>{option.detail}</span>}
                </BaseSelect.ItemText>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
