/** What charts are drawn over: step, a clock, or any metric. */
import { useMemo, useState } from "react";
import type { MetricKey } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { Popover } from "@/ui/popover";
import { SearchField } from "@/ui/search-field";
import { isSameX, type XChoice } from "../model";
import styles from "./chart-x-picker.module.css";

interface XPickerProps {
  value: XChoice;
  /** Metrics to choose from; none where only the clocks make sense. */
  keys: readonly MetricKey[] | undefined;
  onChange: (x: XChoice) => void;
}

/** More are found by searching. */
const MAX_SHOWN = 30;

export function XPicker({ value, keys, onChange }: XPickerProps) {
  const m = useMessages();
  const [isOpen, setIsOpen] = useState(false);
  const [search, setSearch] = useState("");
  const pick = (x: XChoice) => {
    onChange(x);
    setIsOpen(false);
  };
  const names = { step: m.workspace.step, relative: m.workspace.relative, time: m.workspace.time };
  const axes = (["step", "relative", "time"] as const).map((axis) => ({
    x: { axis, key: null },
    label: names[axis],
  }));
  const found = useMemo(
    () =>
      findKeys((isOpen && keys) || [], search).map((key) => ({
        x: { axis: "step" as const, key },
        label: key,
      })),
    [isOpen, keys, search],
  );
  return (
    <Popover
      label={m.workspace.xAxis}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className={styles.trigger}>
          <span className="visually-hidden">{m.workspace.xAxis}: </span>
          <span className={styles.value} dir="auto">
            {value.key ?? names[value.axis]}
          </span>
          <Icon name="chevron" size={12} />
        </button>
      }
    >
      <div className={styles.choices}>
        {axes.map(({ x, label }) => (
          <Choice key={label} label={label} isChosen={isSameX(x, value)} onPick={() => pick(x)} />
        ))}
        {keys && keys.length > 0 && (
          <>
            <div className={styles.search}>
              <SearchField label={m.workspace.anyMetric} value={search} onChange={setSearch} />
            </div>
            {found.map(({ x, label }) => (
              <Choice
                key={label}
                label={label}
                isChosen={isSameX(x, value)}
                onPick={() => pick(x)}
              />
            ))}
          </>
        )}
      </div>
    </Popover>
  );
}

function Choice(props: { label: string; isChosen: boolean; onPick: () => void }) {
  return (
    <button
      type="button"
      className={styles.choice}
      aria-pressed={props.isChosen}
      onClick={props.onPick}
      title={props.label}
    >
      {props.isChosen ? <Icon name="check" size={14} /> : <span />}
      <span className={styles.value} dir="auto">
        {props.label}
      </span>
    </button>
  );
}

/** Those that other metrics ask to be drawn over come first: they were meant as an x. */
function findKeys(keys: readonly MetricKey[], search: string): string[] {
  const wanted = search.trim().toLowerCase();
  const meant = new Set<string>();
  for (const { x } of keys) if (x !== null) meant.add(x);
  const found = [...meant].filter((name) => name.toLowerCase().includes(wanted));
  for (const { name, kind } of keys) {
    if (found.length >= MAX_SHOWN) break;
    if (kind === "json" || meant.has(name)) continue;
    if (name.toLowerCase().includes(wanted)) found.push(name);
  }
  return found.slice(0, MAX_SHOWN);
}
