import type { Theme } from "@/lib/theme";
import type { ChartTheme } from "./paint";

const cache = new Map<Theme, ChartTheme>();

/** The chart's colours from the page's tokens; read once per theme, since it costs a style pass. */
export function readChartTheme(theme: Theme): ChartTheme {
  const known = cache.get(theme);
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const read: ChartTheme = {
    grid: token("--grid"),
    axis: token("--line-strong"),
    text: token("--text"),
    muted: token("--muted"),
    faint: token("--faint"),
    ground: token("--surface"),
    font: token("--font"),
  };
  cache.set(theme, read);
  return read;
}
