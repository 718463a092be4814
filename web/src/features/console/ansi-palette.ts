/**
 * Terminal colours on the page's ground. Programs choose them for a black terminal or a white
 * one; here they keep their hue and are made readable: at least 4.5 : 1 on what is behind them.
 */
import type { CSSProperties } from "react";
import type { Theme } from "@/lib/theme";
import type { AnsiColour, AnsiStyle } from "./ansi";

type Rgb = readonly [r: number, g: number, b: number];

/** The ground of the console in tokens.css: `--surface`. */
const GROUNDS: Record<Theme, Rgb> = { light: [255, 255, 255], dark: [0x15, 0x18, 0x1b] };
const TEXTS: Record<Theme, Rgb> = { light: [0x1c, 0x19, 0x17], dark: [0xec, 0xe9, 0xe4] };

/** Black to white, then bright black to bright white: the sixteen that programs mean by name. */
const NAMED: Record<Theme, readonly string[]> = {
  light: [
    "#1c1917",
    "#b91c1c",
    "#15803d",
    "#946100",
    "#1d4ed8",
    "#a21caf",
    "#0e7490",
    "#57534e",
    "#6f6a65",
    "#dc2626",
    "#16803c",
    "#a85d00",
    "#2563eb",
    "#b522c4",
    "#087f9c",
    "#1c1917",
  ],
  dark: [
    "#8a8f96",
    "#f87171",
    "#4ade80",
    "#e5c04b",
    "#7aa5f8",
    "#e27df0",
    "#4fd0e4",
    "#d6d3d1",
    "#8f949b",
    "#ff9494",
    "#7df0a6",
    "#fbd65c",
    "#9dbdff",
    "#f0a3fa",
    "#7fe3f2",
    "#ffffff",
  ],
};

const CUBE = [0, 95, 135, 175, 215, 255];
const MIN_CONTRAST = 4.5;

export type PaintedStyle = Pick<CSSProperties, "color" | "backgroundColor">;

/** Colours of a span as CSS. Given a ground of its own, text stays readable on that. */
export function paintStyle(style: AnsiStyle, theme: Theme): PaintedStyle {
  const [fg, bg] = style.isInverse
    ? [style.bg ?? toHex(GROUNDS[theme]), style.fg ?? toHex(TEXTS[theme])]
    : [style.fg, style.bg];
  const ground = bg === null ? GROUNDS[theme] : groundOf(bg, theme);
  const painted: PaintedStyle = {};
  if (bg !== null) painted.backgroundColor = toHex(ground);
  if (fg !== null || bg !== null) {
    const colour = fg === null ? TEXTS[theme] : textOf(fg, theme);
    painted.color = toHex(readable(colour, ground));
  }
  return painted;
}

/** A colour as near as can be to the wanted one that can be read on the ground. */
export function readable(colour: Rgb, ground: Rgb): Rgb {
  if (contrast(colour, ground) >= MIN_CONTRAST) return colour;
  const end: Rgb = luminance(ground) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0.1; share < 1; share += 0.1) {
    const mixed = mix(colour, end, share);
    if (contrast(mixed, ground) >= MIN_CONTRAST) return mixed;
  }
  return end;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

export function parseHex(text: string): Rgb {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16) || 0;
  return [part(1), part(3), part(5)];
}

/** As text: the named sixteen are the theme's own. */
function textOf(colour: AnsiColour, theme: Theme): Rgb {
  if (typeof colour === "string") return parseHex(colour);
  const named = NAMED[theme][colour];
  return named === undefined ? paletteRgb(colour) : parseHex(named);
}

/** As ground: black is a dark one and white a light one, whatever the theme. */
function groundOf(colour: AnsiColour, theme: Theme): Rgb {
  if (colour === 0) return [0x2a, 0x2f, 0x35];
  if (colour === 7 || colour === 15) return [0xe7, 0xe5, 0xe4];
  return textOf(colour, theme);
}

/** 16–231 are a cube of 6 × 6 × 6, 232–255 greys. */
function paletteRgb(index: number): Rgb {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const at = index - 16;
  const level = (n: number) => CUBE[n % 6] ?? 0;
  return [level(Math.floor(at / 36)), level(Math.floor(at / 6)), level(at)];
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (x: number, y: number) => Math.round(x + (y - x) * share);
  return [part(a[0], b[0]), part(a[1], b[1]), part(a[2], b[2])];
}

function luminance([r, g, b]: Rgb): number {
  const linear = (value: number) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
