/** How much to smooth, and how: a slider, its figure, and a menu of kinds. */
import { useEffect, useRef, useState } from "react";
import type { Smoothing, SmoothingKind } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/menu";
import { Slider } from "@/ui/slider";
import { DEFAULT_SMOOTHING, RANGES, smoothingAt } from "../smoothing";
import styles from "./chart-smoothing.module.css";

interface SmoothingControlProps {
  /** null: off. */
  value: Smoothing | null;
  onChange: (smoothing: Smoothing | null) => void;
}

/** While a hand is on the slider, charts follow at this pace. */
const FOLLOW_MS = 120;

export function SmoothingControl({ value, onChange }: SmoothingControlProps) {
  const m = useMessages();
  const [lastKind, setLastKind] = useState<SmoothingKind>(DEFAULT_SMOOTHING);
  const kind = value?.kind ?? lastKind;
  const { off, max, step } = RANGES[kind];
  const { draft, follow, commit } = useFollowing((amount: number) =>
    onChange(smoothingAt(kind, amount)),
  );
  const amount = draft ?? value?.amount ?? off;
  const text = (at: number) => (at <= off ? m.smoothing.off : String(at));

  const kinds: { kind: SmoothingKind; label: string }[] = [
    { kind: "time_ema", label: m.smoothing.timeEma },
    { kind: "ema", label: m.smoothing.ema },
    { kind: "gaussian", label: m.smoothing.gaussian },
    { kind: "mean", label: m.smoothing.mean },
  ];
  const choose = (next: SmoothingKind) => {
    setLastKind(next);
    onChange(smoothingAt(next, RANGES[next].usual));
  };
  return (
    <div className={styles.control}>
      <Slider
        label={m.smoothing.amount}
        value={Math.min(amount, max)}
        min={off}
        max={max}
        step={step}
        format={text}
        onChange={follow}
        onCommit={commit}
      />
      <Menu
        label={m.smoothing.kind}
        align="end"
        trigger={
          <button type="button" className={styles.figure} title={m.smoothing.hint}>
            <span className="visually-hidden">{m.smoothing.kind}: </span>
            {text(amount)}
            <Icon name="chevron" size={12} />
          </button>
        }
        items={[
          ...kinds.map((one) => ({
            label: one.label,
            isChecked: value !== null && one.kind === kind,
            onSelect: () => choose(one.kind),
          })),
          "separator",
          { label: m.smoothing.off, isChecked: value === null, onSelect: () => onChange(null) },
        ]}
      />
    </div>
  );
}

/** A value under a moving hand: shown at once, handed on at a bearable pace. */
function useFollowing(onChange: (value: number) => void) {
  const [draft, setDraft] = useState<number | null>(null);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    draft,
    follow(value: number) {
      setDraft(value);
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => onChange(value), FOLLOW_MS);
    },
    commit(value: number) {
      clearTimeout(timer.current);
      setDraft(null);
      onChange(value);
    },
  };
}
