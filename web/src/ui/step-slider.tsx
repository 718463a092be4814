/** From value to value of a key: thumb, arrows, play; marks where there is a value. */
import { type KeyboardEvent, useEffect, useEffectEvent, useState } from "react";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { nearestStep, stepMarks } from "@/lib/steps";
import { IconButton } from "./button";
import { Slider } from "./slider";
import styles from "./step-slider.module.css";

export interface StepSliderProps {
  label: string;
  /** Ascending; where there are values. */
  steps: readonly number[];
  /** How many values there are; more than steps where those are thinned. */
  total: number;
  step: number;
  /** The step that was asked for, where there is nothing at it. */
  wanted: number | null;
  onStep: (step: number) => void;
  onHop: (direction: 1 | -1) => Promise<boolean> | boolean;
}

const FRAME_MS = 500;
const MAX_MARKS = 160;

export function StepSlider(props: StepSliderProps) {
  const { label, steps, total, step, wanted, onStep, onHop } = props;
  const m = useMessages();
  const [isPlaying, setIsPlaying] = useState(false);
  const [first = 0, last = 0] = [steps[0], steps.at(-1)];
  const advance = useEffectEvent(async () => {
    const hasNext = await onHop(1);
    if (!hasNext) setIsPlaying(false);
  });
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => void advance(), FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying]);

  const play = () => {
    if (!isPlaying && step >= last) onStep(first);
    setIsPlaying(!isPlaying);
  };
  // The slider would go by ones; there is nothing between two steps.
  const onKeyDownCapture = (event: KeyboardEvent) => {
    const directions: Record<string, 1 | -1> = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
    };
    const direction = directions[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void onHop(direction);
  };
  const name = wanted !== null && wanted !== step ? m.media.noSuchStep(wanted) : null;
  if (first === last) {
    return (
      <div className={styles.slider}>
        <output className={styles.step}>{m.media.step(step)}</output>
        {name && <span className={styles.wanted}>{name}</span>}
      </div>
    );
  }
  return (
    <div className={styles.slider}>
      <IconButton
        icon={isPlaying ? "pause" : "play"}
        label={isPlaying ? m.media.pause : m.media.play}
        onClick={play}
      />
      <span className={styles.back}>
        <IconButton
          icon="chevron"
          label={m.media.previousStep}
          disabled={step <= first}
          onClick={() => void onHop(-1)}
        />
      </span>
      <div className={styles.track} onKeyDownCapture={onKeyDownCapture}>
        <Slider
          label={label}
          value={step}
          min={first}
          max={last}
          onChange={(value) => onStep(nearestStep(steps, value))}
          format={(value) => m.media.step(value)}
        />
        <svg className={styles.marks} aria-hidden="true" preserveAspectRatio="none">
          {stepMarks(steps, MAX_MARKS).map((mark) => (
            <rect key={mark} x={`${mark * 100}%`} width="1" height="4" />
          ))}
        </svg>
      </div>
      <IconButton
        icon="chevron"
        label={m.media.nextStep}
        disabled={step >= last}
        onClick={() => void onHop(1)}
      />
      <output
        className={styles.step}
        title={total > steps.length ? m.media.thinned(steps.length, total) : m.media.step(step)}
      >
        {formatInteger(step)}
        {name && <span className={styles.wanted}> {name}</span>}
      </output>
    </div>
  );
}
