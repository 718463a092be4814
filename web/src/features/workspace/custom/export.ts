/** A custom chart as a file: the same scene as on the screen under its title, or its values. */
import { textOf } from "@/charts/custom/cells";
import { paintScene, sceneToSvg } from "@/charts/custom/draw";
import type { ChartTable, Figure } from "@/charts/custom/figure";
import { buildCustomScene, type CustomScene, type SceneWords } from "@/charts/custom/scene";
import { quote } from "@/charts/line/csv";
import { readChartTheme } from "@/charts/line/read-theme";
import { saveFile } from "@/lib/save-file";
import type { Theme } from "@/lib/theme";

export type SavedAs = { format: "png" | "svg"; theme: Theme } | { format: "csv" };

interface Saved {
  key: string;
  title: string;
  figure: Figure;
  tables: readonly ChartTable[];
  isNormalised: boolean;
  words: SceneWords;
}

/** Of a page in a paper or a slide. */
const SIZE = { width: 800, height: 460 };
const HEAD = 32;
const RATIO = 2;

export async function saveCustomChart(saved: Saved, as: SavedAs): Promise<void> {
  const name = saved.key.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_");
  if (as.format === "csv") {
    return saveFile(new Blob([tablesToCsv(saved.tables)], { type: "text/csv" }), `${name}.csv`);
  }
  const theme = readChartTheme(as.theme);
  const scene = titled(saved, theme.ground);
  if (as.format === "svg") {
    const text = sceneToSvg(scene, theme);
    return saveFile(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
  }
  const canvas = document.createElement("canvas");
  paintScene(canvas, scene, theme, RATIO, theme.ground);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob) saveFile(blob, `${name}.png`);
}

function titled({ title, figure, isNormalised, words }: Saved, ground: string): CustomScene {
  const scene = buildCustomScene(figure, { ...SIZE, isNormalised, ground, words });
  const heading = {
    kind: "text" as const,
    x: 12,
    y: HEAD / 2 - HEAD + 2,
    text: title,
    ink: "text" as const,
    align: "left" as const,
    isStrong: true,
  };
  const marks = [heading, ...scene.marks].map((mark) => moved(mark));
  return { ...scene, height: SIZE.height + HEAD, marks };
}

/** Lower by the height of the title. */
function moved(mark: CustomScene["marks"][number]): CustomScene["marks"][number] {
  switch (mark.kind) {
    case "rule":
      return { ...mark, y1: mark.y1 + HEAD, y2: mark.y2 + HEAD };
    case "line":
      return { ...mark, points: mark.points.map((value, i) => (i % 2 ? value + HEAD : value)) };
    case "band":
      return { ...mark, edges: mark.edges.map((value, i) => (i % 3 ? value + HEAD : value)) };
    default:
      return { ...mark, y: mark.y + HEAD };
  }
}

/** A row for each of a run's, by field. */
export function tablesToCsv(tables: readonly ChartTable[]): string {
  const fields = [...new Set(tables.flatMap(({ columns }) => Object.keys(columns)))];
  const rows = tables.flatMap(({ run, name, columns }) => {
    const length = Math.max(0, ...fields.map((field) => columns[field]?.length ?? 0));
    return Array.from({ length }, (_, i) => [
      run,
      name,
      ...fields.map((field) => textOf(columns[field]?.[i])),
    ]);
  });
  return [["run", "name", ...fields], ...rows]
    .map((row) => `${row.map(quote).join(",")}\r\n`)
    .join("");
}
