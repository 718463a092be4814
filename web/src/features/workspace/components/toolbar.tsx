import type { ReactNode } from "react";
import type { Axis } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { Button } from "@/ui/button";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import type { ChartView } from "../model";
import styles from "./toolbar.module.css";

interface ToolbarProps {
  view: ChartView;
  search: string;
  onView: (change: Partial<ChartView>) => void;
  onSearch: (text: string) => void;
  /** Further controls, at the very end. */
  children?: ReactNode;
}

export function Toolbar({ view, search, onView, onSearch, children }: ToolbarProps) {
  const m = useMessages();
  const [text, setText] = useSearchText(search, onSearch);
  const axes: { value: Axis; label: string }[] = [
    { value: "step", label: m.workspace.step },
    { value: "relative", label: m.workspace.relative },
    { value: "time", label: m.workspace.time },
  ];
  return (
    <div className={styles.toolbar}>
      <div className={styles.search}>
        <SearchField label={m.workspace.filter} value={text} onChange={setText} />
      </div>
      {view.zoom && <Button onClick={() => onView({ zoom: null })}>{m.workspace.resetZoom}</Button>}
      <div className={styles.end}>
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={view.isLogY}
          title={m.workspace.logYHint}
          onClick={() => onView({ isLogY: !view.isLogY })}
        >
          {m.workspace.logY}
        </button>
        <Segmented
          label={m.workspace.xAxis}
          options={axes}
          value={view.axis}
          // A range of steps means nothing in seconds.
          onChange={(axis) => onView({ axis, zoom: null })}
        />
        {children}
      </div>
    </div>
  );
}
