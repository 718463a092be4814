/** Where the crosshair is, in words: for the tooltip's title and for screen readers. */
import { formatDateTime, formatNumber } from "@/lib/format";
import type { Catalogue } from "@/lib/messages/en";
import type { Hover } from "./hover";
import { formatElapsed } from "./ticks";
import type { XKind } from "./types";

export function xTitle(kind: XKind, xKey: string | null, x: number, m: Catalogue): string {
  switch (kind) {
    case "step":
      return m.chart.step(Math.round(x).toLocaleString("en-US"));
    case "relative":
      return formatElapsed(x);
    case "time":
      return formatDateTime(x * 1000);
    case "metric":
      return `${xKey} ${formatNumber(x)}`;
  }
}

/** The nearest point: its place, its run, its value. */
export function readOut(hover: Hover, kind: XKind, xKey: string | null, m: Catalogue): string {
  const row = hover.rows.find(({ id }) => id === hover.nearest);
  const place = xTitle(kind, xKey, row?.x ?? hover.x, m);
  return row ? `${place}, ${row.name}: ${formatNumber(row.y)}` : place;
}
