/** The heavy part of `PlotlyView`; loaded with the first figure. */
import { useEffect, useRef, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { type Theme, useTheme } from "@/lib/theme";
import { Notice } from "../notice";
import { type Figure, type FigureColours, themedLayout } from "./figure";
import "./plotly.css";
import styles from "./plotly-view.module.css";

/** No tool bar: it would send figures to a service, and dragging and double-click zoom anyway. */
const CONFIG = { displayModeBar: false, responsive: true, showTips: false, displaylogo: false };

/** Under which the library's maps keep theirs; maps want tiles from the network, and have none. */
const MAP_STYLES = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

/**
 * Plotly makes style elements, which the page's policy forbids, unless it finds this mark; its
 * rules are in plotly.css. The mark must be there before the library is loaded.
 */
function forbidStyles(): void {
  for (const id of ["plotly.js-style-global", MAP_STYLES]) {
    if (document.getElementById(id)) continue;
    const mark = document.createElement("template");
    mark.id = id;
    mark.className = "no-inline-styles";
    document.head.append(mark);
  }
}

async function loadPlotly() {
  forbidStyles();
  const { default: plotly } = await import("plotly.js-strict-dist-min");
  return plotly;
}

export function PlotlyChart({ label, figure }: { label: string; figure: Figure }) {
  const m = useMessages();
  const theme = useTheme();
  const root = useRef<HTMLDivElement>(null);
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let isCurrent = true;
    const plotly = loadPlotly();
    plotly
      .then((loaded) => {
        const layout = themedLayout(figure.layout, readColours(theme));
        // It writes into what it is given, and a figure may be drawn again in another theme.
        return isCurrent && loaded.react(element, structuredClone(figure.data), layout, CONFIG);
      })
      .catch(() => isCurrent && setIsBroken(true));
    return () => {
      isCurrent = false;
      void plotly.then((loaded) => loaded.purge(element)).catch(() => undefined);
    };
  }, [figure, theme]);
  if (isBroken) return <Notice title={m.media.badFigure}>{m.media.badFigureHint}</Notice>;
  return <div ref={root} className={styles.chart} role="img" aria-label={label} />;
}

function readColours(_theme: Theme): FigureColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: token("--text"),
    muted: token("--muted"),
    grid: token("--grid"),
    line: token("--line-strong"),
    raised: token("--raised"),
    font: token("--font"),
  };
}
