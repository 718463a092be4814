/** What one chart does differently from the page. */
import { useState } from "react";
import type { PartialDomain, ScaleKind } from "@/charts/line/types";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Segmented } from "@/ui/segmented";
import { TextField } from "@/ui/text-field";
import { choose, type PanelChoice } from "../model";
import { panelId } from "../sections";
import { SmoothingControl } from "./chart-smoothing";
import { XPicker } from "./chart-x-picker";
import styles from "./panel-settings.module.css";
import type { PanelToolsProps } from "./panel-tools";

const PAGE = "page";

export function PanelSettings({ panel, view, own, historyKeys, onView }: PanelToolsProps) {
  const m = useMessages();
  const id = panelId(panel);
  const chosen = view.panels.get(id) ?? {};
  const change = (choice: PanelChoice) => onView(choose(view, id, choice));
  const scales = [
    { value: PAGE, label: m.chart.asPage },
    { value: "linear", label: m.chart.linear },
    { value: "log", label: m.chart.log },
  ];
  const outliers = [
    { value: PAGE, label: m.chart.asPage },
    { value: "shown", label: m.chart.shown },
    { value: "ignored", label: m.chart.ignored },
  ];
  const ignores = chosen.ignoreOutliers;
  return (
    <div className={styles.settings}>
      <span className={styles.name}>{m.smoothing.title}</span>
      <SmoothingControl value={own.smoothing} onChange={(smoothing) => change({ smoothing })} />
      <span className={styles.name}>{m.workspace.xAxis}</span>
      <XPicker
        value={own.x}
        keys={panel.stream === "history" ? historyKeys : undefined}
        onChange={(x) => change({ x, zoomY: undefined })}
      />
      {own.xKind !== "time" && (
        <>
          <span className={styles.name}>{m.chart.xScale}</span>
          <Segmented
            label={m.chart.xScale}
            options={scales}
            value={chosen.xScale ?? PAGE}
            onChange={(value) => change({ xScale: readScale(value) })}
          />
        </>
      )}
      <span className={styles.name}>{m.chart.yScale}</span>
      <Segmented
        label={m.chart.yScale}
        options={scales}
        value={chosen.yScale ?? PAGE}
        onChange={(value) => change({ yScale: readScale(value) })}
      />
      <span className={styles.name}>{m.chart.outliers}</span>
      <Segmented
        label={m.chart.outliers}
        options={outliers}
        value={ignores === undefined ? PAGE : ignores ? "ignored" : "shown"}
        onChange={(value) =>
          change({ ignoreOutliers: value === PAGE ? undefined : value === "ignored" })
        }
      />
      <span className={styles.name}>{m.chart.yRange}</span>
      <YRange value={chosen.y} onChange={(y) => change({ y, zoomY: undefined })} />
      {view.panels.has(id) && (
        <Button
          className={styles.forget}
          onClick={() => {
            const panels = new Map(view.panels);
            panels.delete(id);
            onView({ panels });
          }}
        >
          {m.chart.forget}
        </Button>
      )}
    </div>
  );
}

interface YRangeProps {
  value: PartialDomain | undefined;
  onChange: (range: PartialDomain | undefined) => void;
}

/** Taken over as soon as it makes sense; an empty end follows the data. */
function YRange({ value, onChange }: YRangeProps) {
  const m = useMessages();
  const [from, setFrom] = useState(textOf(value?.[0]));
  const [to, setTo] = useState(textOf(value?.[1]));
  const change = (lo: string, hi: string) => {
    setFrom(lo);
    setTo(hi);
    const range = readRange(lo, hi);
    if (range !== null) onChange(range[0] === null && range[1] === null ? undefined : range);
  };
  return (
    <div className={styles.range}>
      <TextField
        label={m.chart.yMin}
        isLabelHidden
        inputMode="decimal"
        placeholder={m.chart.auto}
        value={from}
        onChange={(text) => change(text, to)}
      />
      <span aria-hidden="true">–</span>
      <TextField
        label={m.chart.yMax}
        isLabelHidden
        inputMode="decimal"
        placeholder={m.chart.auto}
        value={to}
        onChange={(text) => change(from, text)}
      />
      {readRange(from, to) === null && (
        <p className={styles.error} role="alert">
          {m.chart.badRange}
        </p>
      )}
    </div>
  );
}

function textOf(end: number | null | undefined): string {
  return end === null || end === undefined ? "" : String(end);
}

/** null for what is no range. */
function readRange(from: string, to: string): PartialDomain | null {
  const [lo = null, hi = null] = [from, to].map((text) =>
    text.trim() === "" ? null : Number(text.replace("−", "-").replace(",", ".")),
  );
  const isNumber = (end: number | null) => end === null || Number.isFinite(end);
  if (!isNumber(lo) || !isNumber(hi)) return null;
  return lo !== null && hi !== null && lo >= hi ? null : [lo, hi];
}

function readScale(value: string): ScaleKind | undefined {
  return value === "log" || value === "linear" ? value : undefined;
}
