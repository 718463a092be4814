/** What stands in a cell of the runs' table: for the eye, for the clipboard, for a file. */
import type { RunRow } from "@/api/types";
import { readSpecialFloat } from "@/lib/float";
import {
  formatDateTime,
  formatDuration,
  formatExact,
  formatInteger,
  formatNumber,
} from "@/lib/format";
import { durationOf } from "@/lib/run-duration";
import { runName } from "@/lib/run-name";
import { COUNTED } from "./columns";

export interface Cell {
  /** Short, for the eye; empty where there is no value. */
  text: string;
  /** In full, for hovering, the clipboard and files. */
  full: string;
  /** Digits stand right, under each other. */
  isNumber: boolean;
}

const EMPTY: Cell = { text: "", full: "", isNumber: false };

/** What every row has; the values of all other columns are asked for. */
const IN_ROW: ReadonlySet<string> = new Set([
  "name",
  "id",
  "state",
  "user",
  "group",
  "job_type",
  "tags",
  "created_at",
  "heartbeat_at",
  "finished_at",
  "duration_s",
  "last_step",
  "num_rows",
]);

/** As many as the server sends beside a page of rows. */
const MAX_ASKED = 100;

/** For which of the columns the values are to be asked for. */
export function askedKeys(keys: readonly string[]): string[] {
  return keys
    .filter((key) => !IN_ROW.has(key))
    .slice(0, MAX_ASKED)
    .toSorted();
}

/** Keys by which the server cannot sort: they are counted, not recorded. */
export function isSortable(key: string): boolean {
  return !COUNTED.includes(key);
}

/** @param now For how long a running one has been going. */
export function cellOf(run: RunRow, key: string, now: number): Cell {
  return IN_ROW.has(key) ? fieldCell(run, key, now) : valueCell(run.values?.[key]);
}

function fieldCell(run: RunRow, key: string, now: number): Cell {
  switch (key) {
    case "name":
      return text(runName(run));
    case "id":
      return text(run.id);
    case "state":
      return text(run.state);
    case "user":
      return text(run.username);
    case "group":
      return text(run.group ?? "");
    case "job_type":
      return text(run.job_type ?? "");
    case "tags":
      return text(run.tags.join(", "));
    case "created_at":
      return time(run.created_at);
    case "heartbeat_at":
      return time(run.heartbeat_at);
    case "finished_at":
      return run.finished_at === null ? EMPTY : time(run.finished_at);
    case "duration_s": {
      const seconds = durationOf(run, now);
      return { text: formatDuration(seconds), full: String(Math.round(seconds)), isNumber: true };
    }
    case "last_step":
      return run.last_step === null ? EMPTY : integer(run.last_step);
    case "num_rows":
      return integer(run.num_rows);
    default:
      return EMPTY;
  }
}

function valueCell(value: unknown): Cell {
  const special = readSpecialFloat(value);
  if (special !== null) return number(special);
  if (value === null || value === undefined) return EMPTY;
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return text(value ? "true" : "false");
  if (typeof value === "object" && "$cut" in value) return text("{…}");
  return text(JSON.stringify(value));
}

function number(value: number): Cell {
  return { text: formatNumber(value), full: formatExact(value), isNumber: true };
}

function integer(value: number): Cell {
  return { text: formatInteger(value), full: String(value), isNumber: true };
}

function time(iso: string): Cell {
  return { text: formatDateTime(iso), full: iso, isNumber: false };
}

function text(value: string): Cell {
  return { text: value, full: value, isNumber: false };
}
