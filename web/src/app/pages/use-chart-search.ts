/** The workspace's state as the URL has it, and the verbs that change it. */
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ChartView } from "@/features/workspace/model";
import { type ChartSearch, readChartView, readFolds, toggleFold, writeChartView } from "../search";

export function useChartSearch(search: ChartSearch) {
  const navigate = useNavigate();
  const { x, y, from, to } = search;
  const view = useMemo(() => readChartView({ x, y, from, to }), [x, y, from, to]);
  const toggled = readFolds(search);
  // Replaced, not pushed: "back" leaves the page instead of undoing each zoom.
  const update = (change: ChartSearch) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true });
  return {
    view,
    toggled,
    search: search.charts ?? "",
    onView: (change: Partial<ChartView>) => update(writeChartView({ ...view, ...change })),
    onSearch: (text: string) => update({ charts: text || undefined }),
    onToggle: (section: string) => update({ fold: toggleFold(toggled, section) }),
  };
}
