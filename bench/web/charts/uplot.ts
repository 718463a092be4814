/** uPlot with the nearest series brought forward; it has no tooltip of its own. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Contender, colorOf, HEIGHT, WIDTH, widthOf } from "./contender";

export const uplot: Contender = (stage, { x, ys }) => {
  const options: uPlot.Options = {
    width: WIDTH,
    height: HEIGHT,
    legend: { show: false },
    scales: { x: { time: false } },
    focus: { alpha: 0.2 },
    cursor: { focus: { prox: 1e6 } },
    series: [{}, ...ys.map((_, line) => ({ stroke: colorOf(line), width: widthOf(ys.length) }))],
  };
  const chart = new uPlot(options, [x, ...ys], stage);
  return {
    zoom: (min, max) => chart.setScale("x", { min, max }),
    hover: (px, py) => {
      const { left, top } = chart.bbox;
      const ratio = devicePixelRatio;
      chart.setCursor({ left: px - left / ratio, top: py - top / ratio });
    },
    remove: () => chart.destroy(),
  };
};
