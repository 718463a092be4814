/** A chart as a file: the same scene as on the screen, with a title and a legend. */
import { toCsv } from "@/charts/line/csv";
import { drawPng } from "@/charts/line/draw-png";
import { drawSvg } from "@/charts/line/draw-svg";
import { drawnLine } from "@/charts/line/drawn-line";
import { buildFigure } from "@/charts/line/figure";
import { readChartTheme } from "@/charts/line/read-theme";
import type { Catalogue } from "@/lib/messages/en";
import { saveFile } from "@/lib/save-file";
import type { Theme } from "@/lib/theme";
import type { PanelToolsProps } from "./panel-tools";

export type PictureKind = { format: "png" | "svg"; theme: Theme } | { format: "csv" };

/** Of a page in a paper or a slide. */
const SIZE = { width: 800, height: 420 };

export async function savePicture(
  { panel, runs, own, lines }: PanelToolsProps,
  kind: PictureKind,
  m: Catalogue,
): Promise<void> {
  const name = panel.key.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_");
  if (kind.format === "csv") {
    const drawn = lines.map((line) => drawnLine(line, own.xScale, own.zoom));
    const text = toCsv(drawn, own.x.key ?? own.x.axis);
    return saveFile(new Blob([text], { type: "text/csv" }), `${name}.csv`);
  }
  const theme = readChartTheme(kind.theme);
  const colours = new Map(runs.map(({ id, colour }) => [id, colour[kind.theme]]));
  const figure = buildFigure({
    title: panel.key,
    series: lines.map((line) => ({ ...line, color: colours.get(line.id) ?? line.color })),
    view: {
      ...SIZE,
      x: own.xKind,
      xScale: own.xScale,
      yScale: own.yScale,
      zoom: own.zoom,
      yRange: own.yRange,
      ignoreOutliers: own.ignoreOutliers,
    },
    more: m.chart.moreRuns,
  });
  if (kind.format === "svg") {
    return saveFile(new Blob([drawSvg(figure, theme)], { type: "image/svg+xml" }), `${name}.svg`);
  }
  saveFile(await drawPng(figure, theme), `${name}.png`);
}
