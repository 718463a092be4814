import { Slider as BaseSlider } from "@base-ui/react/slider";
import styles from "./slider.module.css";

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
  /** The hand has let go. */
  onCommit?: (value: number) => void;
  /** How a value is read out. */
  format?: (value: number) => string;
}

export function Slider(props: SliderProps) {
  const { label, value, min, max, step = 1, onChange, onCommit, format } = props;
  return (
    <BaseSlider.Root
      className={styles.slider}
      value={value}
      min={min}
      max={max}
      step={step}
      onValueChange={(next) => onChange(next)}
      onValueCommitted={(next) => onCommit?.(next)}
    >
      <BaseSlider.Control className={styles.control}>
        <BaseSlider.Track className={styles.track}>
          <BaseSlider.Indicator className={styles.range} />
          <BaseSlider.Thumb
            className={styles.thumb}
            aria-label={label}
            {...(format ? { getAriaValueText: (_: string, next: number) => format(next) } : {})}
          />
        </BaseSlider.Track>
      </BaseSlider.Control>
    </BaseSlider.Root>
  );
}
