/** What is measured of a chart library: each call returns once everything has been asked of the canvas. */
import type { Walks } from "./data";

export const WIDTH = 800;
export const HEIGHT = 400;

export interface Drawn {
  zoom: (from: number, to: number) => void;
  /** A pointer at these pixels: crosshair, tooltip, the nearest line brought forward. */
  hover: (x: number, y: number) => void;
  remove: () => void;
}

export type Contender = (stage: HTMLElement, data: Walks) => Drawn;

export const COLORS = ["#4477aa", "#ec6476", "#228833", "#a39200", "#319ebe", "#aa3377"];

export function colorOf(line: number): string {
  return COLORS[line % COLORS.length] ?? "#4477aa";
}

/** As the app draws so many lines: all contenders paint the same picture. */
export function widthOf(numLines: number): number {
  return numLines <= 64 ? 1.5 : 1;
}
