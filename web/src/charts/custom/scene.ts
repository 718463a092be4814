/** A custom chart as a plain list of marks, and what is at a place of it. Pure. */
import type { Box, Mark } from "../line/scene";
import { barsScene, histogramScene } from "./bars-scene";
import { curvesScene } from "./curves-scene";
import type { Figure } from "./figure";
import { matrixScene } from "./matrix-scene";

export type CustomMark =
  | Mark
  | {
      kind: "rect";
      x: number;
      y: number;
      width: number;
      height: number;
      ink: string;
      opacity: number;
    };

export interface TipRow {
  name: string;
  value: string;
  /** null: no run's. */
  color: string | null;
  dash?: readonly number[];
  isNearest?: boolean;
}

/** What is said about a place. */
export interface Tip {
  x: number;
  y: number;
  title: string;
  rows: readonly TipRow[];
  rings: readonly { x: number; y: number; color: string }[];
  box: Box | null;
}

export interface Place {
  x: number;
  y: number;
}

/** What can be read from outside: values, not pixels. */
export interface DrawnValues {
  run: string;
  name: string;
  x: number[];
  y: number[];
}

export interface CustomScene {
  width: number;
  height: number;
  marks: readonly CustomMark[];
  tipAt: (x: number, y: number) => Tip | null;
  /** Where arrow keys go, in their order. */
  stops: readonly Place[];
  domains: { x: readonly [number, number]; y: readonly [number, number] };
  values: readonly DrawnValues[];
}

export interface SceneView {
  width: number;
  height: number;
  /** Of a matrix: parts of each row instead of counts. */
  isNormalised: boolean;
  /** The colour behind it, `#rrggbb`: what is written upon a colour has to be read. */
  ground: string;
  words: SceneWords;
}

export interface SceneWords {
  more: (count: number) => string;
  area: (area: string) => string;
  actual: string;
  predicted: string;
  count: string;
  share: string;
}

export function buildCustomScene(figure: Figure, view: SceneView): CustomScene {
  switch (figure.kind) {
    case "curves":
      return curvesScene(figure, view);
    case "bars":
      return barsScene(figure, view);
    case "histogram":
      return histogramScene(figure, view);
    case "matrix":
      return matrixScene(figure, view);
  }
}
