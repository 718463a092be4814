/** The app's own chart as its pages use it: the React component, with tooltip and crosshair. */
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { LineChart } from "@/charts/line/line-chart";
import type { Domain, LineSeries } from "@/charts/line/types";
import { MessagesProvider } from "@/lib/i18n";
import { en } from "@/lib/messages/en";
import { type Contender, colorOf } from "./contender";

const FREE = [null, null] as const;
const ignore = () => {};

export const runstone: Contender = (stage, { x, ys }) => {
  const series = ys.map((y, line): LineSeries => {
    const data = { exact: true, numRows: y.length, x, y, smooth: null } as const;
    return { id: `run${line}`, name: `run ${line}`, color: colorOf(line), dash: [], data };
  });
  const root = createRoot(stage);
  const render = (zoom: Domain | null) =>
    flushSync(() =>
      root.render(
        <MessagesProvider catalogue={en}>
          <LineChart
            dataKey="loss"
            label="loss"
            series={series}
            x="step"
            xKey={null}
            xScale="linear"
            yScale="linear"
            zoom={zoom}
            yRange={FREE}
            ignoreOutliers={false}
            isLive={false}
            onSelect={ignore}
            onResetZoom={ignore}
          />
        </MessagesProvider>,
      ),
    );
  render(null);
  const chart = stage.querySelector("[data-testid=chart]");
  const box = stage.getBoundingClientRect();
  return {
    zoom: (from, to) => render([from, to]),
    hover: (px, py) => {
      const at = { clientX: box.left + px, clientY: box.top + py, bubbles: true };
      flushSync(() => chart?.dispatchEvent(new PointerEvent("pointermove", at)));
    },
    remove: () => root.unmount(),
  };
};
