/** The workspace's state as the URL has it, and the verbs that change it. */
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import type { ChartView } from "@/features/workspace/model";
import { readChartView, type ViewText, writeChartView } from "@/features/workspace/view-text";
import { useMessages } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keyboard";
import { type ChartSearch, readFolds, toggleFold } from "../search";
import { type Past, redo, remember, undo } from "./view-history";

export function useChartSearch(search: ChartSearch) {
  const m = useMessages();
  const navigate = useNavigate();
  const past = useRef<Past<ViewText>>({ before: [], after: [], at: 0 });
  const { charts, fold, ...viewText } = search;
  const id = JSON.stringify(viewText);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for its values
  const view = useMemo(() => readChartView(viewText), [id]);
  const toggled = readFolds(search);
  // Replaced, not pushed: "back" leaves the page instead of undoing each zoom.
  const update = (change: ChartSearch) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true });
  const goTo = (step: typeof undo) => {
    const found = step(past.current, writeChartView(view));
    if (!found) return;
    past.current = found.past;
    // Which chart fills the screen is where one is, not how charts are drawn.
    update({ ...found.state, panel: view.enlarged ?? undefined });
  };
  useShortcuts(
    {
      z: { does: m.workspace.undo, run: () => goTo(undo) },
      Z: { does: m.workspace.redo, run: () => goTo(redo) },
    },
    { heading: m.workspace.charts },
  );
  return {
    view,
    toggled,
    search: charts ?? "",
    onView: (change: Partial<ChartView>) => {
      const isMove = Object.keys(change).every((name) => name === "enlarged");
      if (!isMove) past.current = remember(past.current, writeChartView(view), Date.now());
      update(writeChartView({ ...view, ...change }));
    },
    onSearch: (text: string) => update({ charts: text || undefined }),
    onToggle: (section: string) => update({ fold: toggleFold(toggled, section) }),
  };
}
