/** ECharts, lines only, with its LTTB sampling, axis tooltip and focus on the nearest series. */
import { LineChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, TooltipComponent } from "echarts/components";
import * as core from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { type Contender, colorOf, widthOf } from "./contender";

core.use([LineChart, GridComponent, TooltipComponent, DataZoomComponent, CanvasRenderer]);

export const echarts: Contender = (stage, { x, ys }) => {
  const chart = core.init(stage);
  const draw = () => chart.getZr().flush();
  chart.setOption({
    animation: false,
    xAxis: { type: "value", max: x.length - 1 },
    yAxis: { type: "value", scale: true },
    tooltip: { trigger: "axis", transitionDuration: 0 },
    dataZoom: [{ type: "inside" }],
    series: ys.map((y, line) => ({
      type: "line",
      showSymbol: false,
      sampling: "lttb",
      color: colorOf(line),
      lineStyle: { width: widthOf(ys.length) },
      emphasis: { focus: "series" },
      data: Array.from(y, (value, i) => [x[i], value]),
    })),
  });
  draw();
  return {
    zoom: (startValue, endValue) => {
      chart.dispatchAction({ type: "dataZoom", startValue, endValue });
      draw();
    },
    hover: (px, py) => {
      chart.dispatchAction({ type: "showTip", x: px, y: py });
      draw();
    },
    remove: () => chart.dispose(),
  };
};
