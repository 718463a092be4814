import { Menu as BaseMenu } from "@base-ui/react/menu";
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

/** One of several, where there is no room for all of them: a menu with one item on. */
export function Select<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger
        render={
          <button
            type="button"
            className={styles.trigger}
            aria-label={`${label}: ${chosen?.label ?? ""}`}
          >
            <span className={styles.value}>{chosen?.label}</span>
            <Icon name="chevron" size={12} />
          </button>
        }
      />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={floating.positioner} sideOffset={4} align="start">
          <BaseMenu.Popup className={floating.popup} aria-label={label}>
            <BaseMenu.RadioGroup value={value}>
              {options.map((option) => (
                <BaseMenu.RadioItem
                  key={option.value}
                  value={option.value}
                  className={floating.item}
                  closeOnClick
                  onClick={() => onChange(option.value)}
                >
                  {option.value === value ? <Icon name="check" /> : <span />}
                  <span className={floating.label}>
                    {option.label}
                    {option.detail && <span className={floating.detail}>{option.detail}</span>}
                  </span>
                </BaseMenu.RadioItem>
              ))}
            </BaseMenu.RadioGroup>
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
