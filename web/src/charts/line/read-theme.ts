import type { Theme } from "@/lib/theme";
import type { ChartTheme } from "./paint";

const cache = new Map<Theme, ChartTheme>();

/**
 * The chart's colours from the page's tokens; read once per theme, since it costs a style pass. The
 * other theme's are read by wearing it for a moment in which nothing is painted.
 */
export function readChartTheme(theme: Theme): ChartTheme {
  const known = cache.get(theme);
  if (known) return known;
  const root = document.documentElement;
  const worn = root.dataset.theme;
  root.dataset.theme = theme;
  const style = getComputedStyle(root);
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
  if (worn === undefined) delete root.dataset.theme;
  else root.dataset.theme = worn;
  cache.set(theme, read);
  return read;
}
