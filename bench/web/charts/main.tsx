/** Measures one library on one case, for run.mjs: `window.measure(name, lines, points, repeat)`. */
import "@/ui/tokens.css";
import { type Contender, type Drawn, HEIGHT, WIDTH } from "./contender";
import { walks } from "./data";
import { echarts } from "./echarts";
import { runstone } from "./runstone";
import { uplot } from "./uplot";

const CONTENDERS: Record<string, Contender> = { runstone, uplot, echarts };
const NUM_HOVERS = 40;

interface Figures {
  first: number;
  zoom: number;
  hover: number;
  /** The slowest of twenty frames. */
  hoverSlow: number;
}

declare global {
  interface Window {
    measure: (name: string, lines: number, points: number, repeat: number) => Promise<Figures>;
  }
}

window.measure = async (name, numLines, numPoints, repeat) => {
  const contender = CONTENDERS[name];
  if (!contender) throw new Error(`No contender ${name}.`);
  const data = walks(numLines, numPoints);
  await warmUp(contender);
  const firsts: number[] = [];
  const zooms: number[] = [];
  const hovers: number[] = [];
  for (let turn = 0; turn < repeat; turn++) {
    const stage = newStage();
    let drawn: Drawn | null = null;
    firsts.push(
      await timed(stage, () => {
        drawn = contender(stage, data);
      }),
    );
    const chart = must<Drawn>(drawn);
    for (const [from, to] of [
      [0.3, 0.5],
      [0.1, 0.9],
    ] as const) {
      zooms.push(await timed(stage, () => chart.zoom(from * numPoints, to * numPoints)));
    }
    for (let i = 0; i < NUM_HOVERS; i++) {
      const [px, py] = [80 + (i * (WIDTH - 160)) / NUM_HOVERS, 60 + ((i * 37) % (HEIGHT - 120))];
      hovers.push(await timed(stage, () => chart.hover(px, py)));
    }
    chart.remove();
    stage.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    first: median(firsts),
    zoom: median(zooms),
    hover: median(hovers),
    hoverSlow: quantile(hovers, 0.95),
  };
};

/** What is compiled, parsed and read once per page is not what is measured. */
async function warmUp(contender: Contender): Promise<void> {
  const stage = newStage();
  const chart = contender(stage, walks(20, 2000));
  for (let i = 0; i < 20; i++) chart.hover(100 + i * 20, 200);
  chart.zoom(100, 500);
  await new Promise((resolve) => setTimeout(resolve, 100));
  chart.remove();
  stage.remove();
}

/** Until the pixels are there: canvases only note what is asked of them until somebody looks. */
async function timed(stage: HTMLElement, act: () => void): Promise<number> {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const begin = performance.now();
  act();
  // uPlot draws in a microtask.
  await Promise.resolve();
  for (const canvas of stage.querySelectorAll("canvas")) {
    canvas.getContext("2d")?.getImageData(0, 0, 1, 1);
  }
  return performance.now() - begin;
}

function newStage(): HTMLElement {
  const stage = document.createElement("div");
  stage.style.width = `${WIDTH}px`;
  stage.style.height = `${HEIGHT}px`;
  document.querySelector("#stage")?.append(stage);
  return stage;
}

function median(values: number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function must<T>(value: T | null): T {
  if (value === null) throw new Error("Nothing was drawn.");
  return value;
}
