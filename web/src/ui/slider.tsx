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
  const part = max > min ? (value - min) / (max - min) : 0;
  const commit = (event: React.SyntheticEvent<HTMLInputElement>) =>
    onCommit?.(event.currentTarget.valueAsNumber);
  return (
    <input
      type="range"
      className={styles.slider}
      style={{ "--part": part }}
      aria-label={label}
      aria-valuetext={format?.(value)}
      min={min}
      max={max}
      step={step}
      value={value}
      onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      onPointerUp={commit}
      onKeyUp={commit}
    />
  );
}
