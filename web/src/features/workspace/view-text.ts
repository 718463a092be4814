/**
 * A view of charts as the plain text values that an address carries, and back. What is as it is by
 * default is left out; what cannot be read is the default.
 *
 *     x=key:epoch  xs=log  y=log  smooth=0.6  outliers=hide  from=10 to=200
 *     panels=val/loss~y:0..1~smooth:ema:0.9;train/acc~ys:log     panel=val/loss
 */
import type { Smoothing, SmoothingKind } from "@/api/types";
import type { Domain, PartialDomain, ScaleKind } from "@/charts/line/types";
import {
  BY_STEP,
  type ChartView,
  DEFAULT_VIEW,
  isSameX,
  type PanelChoice,
  type XChoice,
  type Zoom,
} from "./model";
import { DEFAULT_SMOOTHING, isSmoothing } from "./smoothing";

export interface ViewText {
  x?: string | undefined;
  xs?: string | undefined;
  y?: string | undefined;
  smooth?: string | undefined;
  outliers?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** What the zoom is over, where it is not the page's x. */
  over?: string | undefined;
  panels?: string | undefined;
  panel?: string | undefined;
}

export const VIEW_NAMES = [
  "x",
  "xs",
  "y",
  "smooth",
  "outliers",
  "from",
  "to",
  "over",
  "panels",
  "panel",
] as const;

export function readChartView(text: ViewText): ChartView {
  const x = readX(text.x) ?? BY_STEP;
  return {
    x,
    xScale: readScale(text.xs) ?? "linear",
    yScale: readScale(text.y) ?? "linear",
    smoothing: readSmoothing(text.smooth) ?? null,
    ignoreOutliers: text.outliers === "hide",
    zoom: readZoom(text, x),
    panels: readPanels(text.panels),
    enlarged: text.panel ?? null,
  };
}

export function writeChartView(view: ChartView): Required<ViewText> {
  const { x, zoom } = view;
  return {
    x: isSameX(x, BY_STEP) ? undefined : writeX(x),
    xs: view.xScale === DEFAULT_VIEW.xScale ? undefined : view.xScale,
    y: view.yScale === DEFAULT_VIEW.yScale ? undefined : view.yScale,
    smooth: view.smoothing ? writeSmoothing(view.smoothing) : undefined,
    outliers: view.ignoreOutliers ? "hide" : undefined,
    from: zoom ? short(zoom.range[0]) : undefined,
    to: zoom ? short(zoom.range[1]) : undefined,
    over: zoom && !isSameX(zoom.x, x) ? writeX(zoom.x) : undefined,
    panels: writePanels(view.panels),
    panel: view.enlarged ?? undefined,
  };
}

function readZoom({ from, to, over }: ViewText, x: XChoice): Zoom | null {
  const range = readDomain(from, to);
  return range && { x: readX(over) ?? x, range };
}

function readPanels(text: string | undefined): ReadonlyMap<string, PanelChoice> {
  const panels = new Map<string, PanelChoice>();
  for (const part of (text ?? "").split(";")) {
    const [id = "", ...fields] = part.split("~").map(unescapePart);
    const choice = Object.assign({}, ...fields.map(readField));
    if (id !== "" && Object.keys(choice).length > 0) panels.set(id, choice);
  }
  return panels;
}

function writePanels(panels: ReadonlyMap<string, PanelChoice>): string | undefined {
  const parts = [...panels].map(([id, choice]) =>
    [id, ...writeFields(choice)].map(escapePart).join("~"),
  );
  return parts.length === 0 ? undefined : parts.join(";");
}

function readField(field: string): PanelChoice {
  const colon = field.indexOf(":");
  const value = field.slice(colon + 1);
  switch (field.slice(0, colon)) {
    case "x":
      return present("x", readX(value));
    case "xs":
      return present("xScale", readScale(value));
    case "ys":
      return present("yScale", readScale(value));
    case "smooth":
      return value === "off" ? { smoothing: null } : present("smoothing", readSmoothing(value));
    case "outliers":
      return { ignoreOutliers: value === "hide" };
    case "y":
      return present("y", readPartial(value));
    case "zoom":
      return present("zoomY", readDomain(...splitRange(value)));
    default:
      return {};
  }
}

function present<Name extends keyof PanelChoice>(
  name: Name,
  value: PanelChoice[Name] | null,
): PanelChoice {
  return value === undefined || value === null ? {} : { [name]: value };
}

function writeFields(choice: PanelChoice): string[] {
  const { x, xScale, yScale, smoothing, ignoreOutliers, y, zoomY } = choice;
  const fields: [string, string | undefined][] = [
    ["x", x && writeX(x)],
    ["xs", xScale],
    ["ys", yScale],
    ["smooth", smoothing === null ? "off" : smoothing && writeSmoothing(smoothing)],
    ["outliers", ignoreOutliers === undefined ? undefined : ignoreOutliers ? "hide" : "show"],
    ["y", y?.map((end) => (end === null ? "" : short(end))).join("..")],
    ["zoom", zoomY?.map(short).join("..")],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}:${value}`]));
}

const KEY = "key:";

function readX(text: string | undefined): XChoice | null {
  if (text === "step" || text === "relative" || text === "time") return { axis: text, key: null };
  const key = text?.startsWith(KEY) ? text.slice(KEY.length) : "";
  return key === "" ? null : { axis: "step", key };
}

function writeX({ axis, key }: XChoice): string {
  return key === null ? axis : KEY + key;
}

function readScale(text: string | undefined): ScaleKind | undefined {
  return text === "log" || text === "linear" ? text : undefined;
}

const KINDS: readonly SmoothingKind[] = ["time_ema", "ema", "gaussian", "mean"];

function readSmoothing(text: string | undefined): Smoothing | undefined {
  const [first = "", second] = (text ?? "").split(":");
  const kind = second === undefined ? DEFAULT_SMOOTHING : KINDS.find((one) => one === first);
  const smoothing = kind && { kind, amount: readNumber(second ?? first) };
  return smoothing && isSmoothing(smoothing) ? smoothing : undefined;
}

function writeSmoothing({ kind, amount }: Smoothing): string {
  return kind === DEFAULT_SMOOTHING ? String(amount) : `${kind}:${amount}`;
}

function splitRange(text: string): [string, string] {
  const [lo = "", hi = ""] = text.split("..");
  return [lo, hi];
}

function readDomain(from: string | undefined, to: string | undefined): Domain | null {
  const [lo, hi] = [readNumber(from), readNumber(to)];
  return lo < hi ? [lo, hi] : null;
}

function readPartial(text: string): PartialDomain | null {
  const [lo, hi] = splitRange(text).map((end) => (end === "" ? null : readNumber(end)));
  if (Number.isNaN(lo) || Number.isNaN(hi)) return null;
  return lo === null && hi === null ? null : [lo ?? null, hi ?? null];
}

/** NaN for what is no finite number. */
function readNumber(text: string | undefined): number {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Finer than any pixel, for steps, for seconds since 1970 and for losses alike. */
function short(value: number): string {
  return String(Number(value.toPrecision(13)));
}

/** The marks that part panels and fields, where they are part of a name. */
function escapePart(text: string): string {
  return text.replaceAll(/[%~;]/g, (mark) => encodeURIComponent(mark).replace("~", "%7E"));
}

function unescapePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
