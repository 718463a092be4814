/** A logged figure on our ground: its data as they are, its paper and axes in the page's colours. */

export interface Figure {
  data: readonly unknown[];
  layout: Readonly<Record<string, unknown>>;
}

export interface FigureColours {
  text: string;
  muted: string;
  grid: string;
  line: string;
  raised: string;
  font: string;
}

/** Null where it is no figure. */
export function readFigure(text: string): Figure | null {
  let figure: unknown;
  try {
    figure = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(figure) || !Array.isArray(figure.data)) return null;
  return { data: figure.data, layout: isRecord(figure.layout) ? figure.layout : {} };
}

/**
 * What the figure says itself stays; what came from a template (plotly puts its white one into
 * every figure) gives way to the page's colours. Its size is the panel's.
 */
export function themedLayout(layout: Figure["layout"], colours: FigureColours) {
  const { width: _width, height: _height, template, ...own } = layout;
  const template_ = isRecord(template) ? template : {};
  const base = isRecord(template_.layout) ? template_.layout : {};
  const axis = {
    gridcolor: colours.grid,
    linecolor: colours.line,
    zerolinecolor: colours.line,
    tickcolor: colours.line,
  };
  const merged = (name: string) => ({ ...record(base[name]), ...axis });
  const scene = record(base.scene);
  const sceneAxis = { ...axis, backgroundcolor: "rgba(0,0,0,0)" };
  return {
    margin: { l: 48, r: 16, t: own.title ? 40 : 16, b: 40 },
    ...own,
    autosize: true,
    template: {
      ...template_,
      layout: {
        ...base,
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { family: colours.font, size: 11, color: colours.text },
        hoverlabel: {
          bgcolor: colours.raised,
          bordercolor: colours.line,
          font: { color: colours.text, family: colours.font },
        },
        xaxis: merged("xaxis"),
        yaxis: merged("yaxis"),
        polar: { bgcolor: "rgba(0,0,0,0)", angularaxis: axis, radialaxis: axis },
        scene: { ...scene, xaxis: sceneAxis, yaxis: sceneAxis, zaxis: sceneAxis },
        legend: { ...record(base.legend), bgcolor: "rgba(0,0,0,0)" },
      },
    },
  };
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
