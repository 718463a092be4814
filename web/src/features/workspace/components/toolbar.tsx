import type { ReactNode } from "react";
import type { MetricKey } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { Button, IconButton } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { SearchField } from "@/ui/search-field";
import { Switch } from "@/ui/switch";
import { type ChartView, isZoomed, resetZoom } from "../model";
import { SmoothingControl } from "./chart-smoothing";
import { XPicker } from "./chart-x-picker";
import styles from "./toolbar.module.css";

interface ToolbarProps {
  view: ChartView;
  search: string;
  /** What may be chosen as x. */
  keys: readonly MetricKey[] | undefined;
  onView: (change: Partial<ChartView>) => void;
  onSearch: (text: string) => void;
  /** Further controls, at the very end. */
  children?: ReactNode;
}

export function Toolbar({ view, search, keys, onView, onSearch, children }: ToolbarProps) {
  const m = useMessages();
  const [text, setText] = useSearchText(search, onSearch);
  return (
    <div className={styles.toolbar}>
      <div className={styles.search}>
        <SearchField label={m.workspace.filter} value={text} onChange={setText} />
      </div>
      {isZoomed(view) && (
        <Button onClick={() => onView(resetZoom(view))}>{m.workspace.resetZoom}</Button>
      )}
      <div className={styles.end}>
        <fieldset className={styles.smoothing}>
          <legend className="visually-hidden">{m.smoothing.title}</legend>
          <span className={styles.name} aria-hidden="true">
            {m.smoothing.title}
          </span>
          <SmoothingControl
            value={view.smoothing}
            onChange={(smoothing) => onView({ smoothing })}
          />
        </fieldset>
        <XPicker
          value={view.x}
          keys={keys}
          // A range of steps means nothing in seconds.
          onChange={(x) => onView({ x, zoom: null })}
        />
        <AxesControl view={view} onView={onView} />
        {children}
      </div>
    </div>
  );
}

function AxesControl({ view, onView }: Pick<ToolbarProps, "view" | "onView">) {
  const m = useMessages();
  return (
    <Popover
      label={m.workspace.axes}
      align="end"
      trigger={<IconButton icon="axes" label={m.workspace.axes} />}
    >
      <div className={styles.axes}>
        <span title={m.workspace.logXHint}>
          <Switch
            label={m.workspace.logX}
            checked={view.xScale === "log"}
            onChange={(isLog) => onView({ xScale: isLog ? "log" : "linear" })}
          />
        </span>
        <span title={m.workspace.logYHint}>
          <Switch
            label={m.workspace.logY}
            checked={view.yScale === "log"}
            onChange={(isLog) => onView({ yScale: isLog ? "log" : "linear" })}
          />
        </span>
        <span title={m.workspace.outliersHint}>
          <Switch
            label={m.workspace.outliers}
            checked={view.ignoreOutliers}
            onChange={(ignoreOutliers) => onView({ ignoreOutliers })}
          />
        </span>
      </div>
    </Popover>
  );
}
