/** One console line as it is shown: cut where it is very long, its time in the chosen form. Pure. */
import { formatDateTime } from "@/lib/format";
import { parseLine, type Span } from "./ansi";

export type TimeForm = "off" | "relative" | "clock";

/** Characters of a line that are drawn; the whole is one click away. wandb clients send 4,096. */
export const MAX_SHOWN = 5000;

export interface ShownLine {
  spans: Span[];
  isCut: boolean;
}

/** What of a line stands in the list. */
export function showLine(raw: string): ShownLine {
  if (raw.length <= MAX_SHOWN) return { spans: parseLine(raw), isCut: false };
  const text = lastState(raw);
  return { spans: parseLine(cutText(text)), isCut: text.length > MAX_SHOWN };
}

/** A progress bar may have been rewritten ten thousand times within a line: the last one counts. */
function lastState(raw: string): string {
  const text = raw.replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}

/** Never between the halves of a character. */
function cutText(text: string): string {
  const cut = text.slice(0, MAX_SHOWN);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** When a line was printed. @param startedAt Of the run, in ms. */
export function formatLineTime(at: string | null, form: TimeForm, startedAt: number): string {
  const time = lineTime(at);
  if (form === "off" || Number.isNaN(time)) return "";
  if (form === "clock") {
    const ms = String(Math.floor(time % 1000)).padStart(3, "0");
    return `${formatDateTime(time).slice(11)}.${ms}`;
  }
  const tenths = Math.round((time - startedAt) / 100);
  const sign = tenths < 0 ? "\u2212" : "";
  const size = Math.abs(tenths);
  const [hours, minutes] = [Math.floor(size / 36_000), Math.floor(size / 600) % 60];
  const seconds = ((size % 600) / 10).toFixed(1);
  if (hours > 0) return `${sign}${hours}:${two(minutes)}:${two(Math.floor((size % 600) / 10))}`;
  return minutes > 0 ? `${sign}${minutes}:${seconds.padStart(4, "0")}` : `${sign}${seconds}`;
}

/** In ms since 1970, NaN where there is none. The client writes UTC, with or without saying so. */
export function lineTime(at: string | null): number {
  if (at === null) return Number.NaN;
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(at) ? at : `${at}Z`);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
