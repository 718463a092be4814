/** A figure of plotly, from the JSON that was logged. */
import { lazy, Suspense, useMemo } from "react";
import { useMessages } from "@/lib/i18n";
import { Boundary } from "../boundary";
import { Notice } from "../notice";
import { readFigure } from "./figure";

const PlotlyChart = lazy(async () => {
  const { PlotlyChart } = await import("./plotly-chart");
  return { default: PlotlyChart };
});

export function PlotlyView({ label, text }: { label: string; text: string }) {
  const m = useMessages();
  const figure = useMemo(() => readFigure(text), [text]);
  if (figure === null) return <Notice title={m.media.badFigure}>{m.media.badFigureHint}</Notice>;
  return (
    <Boundary
      resetKey={figure}
      fallback={(error) => (
        <Notice title={m.media.badFigure}>
          {m.errors.pageMissingHint} {error.message}
        </Notice>
      )}
    >
      <Suspense fallback={null}>
        <PlotlyChart label={label} figure={figure} />
      </Suspense>
    </Boundary>
  );
}
