/** Writes a scene as SVG text, for export and for golden pictures. */
import { pieces } from "./draw-canvas";
import { type ChartTheme, FADED, GLYPHS, resolveInk } from "./paint";
import { frontOf, type Mark, type Scene } from "./scene";
import type { SeriesMarks } from "./series-marks";
import { LABEL_SIZE } from "./text-width";

/** @param front The run to bring forward, as on the screen when it is pointed at. */
export function drawSvg(scene: Scene, theme: ChartTheme, front: string | null = null): string {
  const forward = front === null ? null : frontOf(scene, front);
  const curves = ({ data, edge }: SeriesMarks) => [
    `<g clip-path="url(#plot)">`,
    paint(data),
    "</g>",
    paint(edge),
  ];
  const { width, height, plot } = scene;
  const paint = (marks: readonly Mark[]) => marks.map((mark) => markToSvg(mark, theme)).join("\n");
  const clip = `<clipPath id="plot"><rect x="${plot.left - 2}" y="${plot.top - 4}" width="${
    plot.right - plot.left + 4
  }" height="${plot.bottom - plot.top + 5}"/></clipPath>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeText(theme.font)}" font-size="${LABEL_SIZE}">`,
    `<rect width="${width}" height="${height}" fill="${theme.ground}"/>`,
    clip,
    paint(scene.under),
    ...(forward ? [`<g opacity="${FADED}">`, ...curves(scene), "</g>"] : curves(scene)),
    ...(forward ? curves(forward) : []),
    paint(scene.labels),
    "</svg>",
    "",
  ]
    .filter((line, i, all) => line !== "" || i === all.length - 1)
    .join("\n");
}

const STRONG = ` font-weight="600" font-size="${LABEL_SIZE + 1}"`;
const ANCHOR = { left: "start", center: "middle", right: "end" } as const;

export function markToSvg(mark: Mark, theme: ChartTheme): string {
  const ink = resolveInk(mark.ink, theme);
  switch (mark.kind) {
    case "rule":
      return `<path d="M${n(mark.x1)} ${n(mark.y1)}L${n(mark.x2)} ${n(mark.y2)}" stroke="${ink}"/>`;
    case "text":
      return `<text x="${n(mark.x)}" y="${n(mark.y)}" fill="${ink}" text-anchor="${ANCHOR[mark.align]}" dominant-baseline="central"${mark.isStrong ? STRONG : ""}>${escapeText(mark.text)}</text>`;
    case "dot":
      return `<circle cx="${n(mark.x)}" cy="${n(mark.y)}" r="${mark.radius}" fill="${ink}"${faded(mark.opacity)}/>`;
    case "glyph": {
      const { corners, isFilled } = GLYPHS[mark.shape];
      const d = corners.map(([dx, dy]) => `${n(mark.x + dx)} ${n(mark.y + dy)}`).join("L");
      const fill = isFilled ? ink : theme.ground;
      return `<path d="M${d}Z" fill="${fill}" stroke="${ink}" stroke-width="1.25"${faded(mark.opacity)}/>`;
    }
    case "line": {
      const dash = mark.dash.length > 0 ? ` stroke-dasharray="${mark.dash.join(" ")}"` : "";
      return `<path d="${polyline(mark.points)}" fill="none" stroke="${ink}" stroke-width="${mark.width}" stroke-linejoin="round"${dash}${faded(mark.opacity)}/>`;
    }
    case "band":
      return `<path d="${bandPath(mark.edges)}" fill="${ink}"${faded(mark.opacity)}/>`;
  }
}

function polyline(points: Float64Array): string {
  let path = "";
  let isDown = false;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] ?? Number.NaN;
    if (Number.isNaN(x)) {
      isDown = false;
      continue;
    }
    path += `${isDown ? "L" : "M"}${n(x)} ${n(points[i + 1] ?? 0)}`;
    isDown = true;
  }
  return path;
}

function bandPath(edges: Float64Array): string {
  return pieces(edges)
    .map(([from, to]) => {
      const top: string[] = [];
      const bottom: string[] = [];
      for (let i = from; i < to; i++) {
        const x = n(edges[3 * i] ?? 0);
        top.push(`${x} ${n(edges[3 * i + 1] ?? 0)}`);
        bottom.push(`${x} ${n(edges[3 * i + 2] ?? 0)}`);
      }
      return `M${[...top, ...bottom.toReversed()].join("L")}Z`;
    })
    .join("");
}

export function faded(opacity: number): string {
  return opacity === 1 ? "" : ` opacity="${n(opacity)}"`;
}

/** Hundredths of a pixel: goldens stay readable and do not hang on the last bit of a double. */
export function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
