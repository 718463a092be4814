/** Histograms of a key: all steps as a heat map, or one step as bars. */
import { useMemo, useState } from "react";
import type { RunRef } from "@/api/client";
import type { MediaKey } from "@/api/media";
import { HeatMap } from "@/charts/histogram/heat-map";
import { HistogramBars } from "@/charts/histogram/histogram-bars";
import { valueRange } from "@/charts/histogram/model";
import { useMessages } from "@/lib/i18n";
import { placeAtOrBefore } from "@/lib/steps";
import { Checkbox } from "@/ui/checkbox";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { useHistograms, useMediaValue } from "../queries";
import styles from "./histogram-panel.module.css";

interface HistogramPanelProps {
  project: RunRef;
  media: MediaKey;
  step: number | null;
  isSeen: boolean;
  onStep: (step: number) => void;
  /** The accent, where it is nobody's in particular. */
  ink?: string;
}

export function HistogramPanel(props: HistogramPanelProps) {
  const { project, media, step, isSeen, onStep, ink = "var(--accent)" } = props;
  const m = useMessages();
  const hasSteps = media.num_values > 1;
  const [view, setView] = useState<"map" | "bars">(hasSteps ? "map" : "bars");
  const [isLog, setIsLog] = useState(false);
  const { data } = useHistograms(project, media, isSeen);
  const exact = useMediaValue(project, media.key, view === "bars" ? step : null);
  const histograms = data?.histograms;
  const values = useMemo(() => valueRange(histograms ?? []), [histograms]);
  if (!histograms || step === null) {
    return (
      <div className={styles.loading}>
        <Skeleton width="70%" />
      </div>
    );
  }
  const steps = histograms.map((each) => each.step);
  const nearest = histograms[placeAtOrBefore(steps, step)];
  const logged = exact.data?.media.histogram;
  const one = logged ? { step, ...logged } : nearest;
  return (
    <div className={styles.panel} style={{ "--chart-ink": ink }}>
      <div className={styles.bar}>
        {hasSteps && (
          <Segmented
            label={m.media.histogramView}
            options={[
              { value: "map", label: m.media.heatMap },
              { value: "bars", label: m.media.bars },
            ]}
            value={view}
            onChange={setView}
          />
        )}
        {view === "bars" && (
          <Checkbox label={m.media.logCounts} checked={isLog} onChange={setIsLog} />
        )}
      </div>
      {view === "map" ? (
        <HeatMap
          label={m.media.histogramOf(media.key, histograms.length)}
          histograms={histograms}
          step={nearest?.step ?? null}
          onPick={onStep}
        />
      ) : (
        one && (
          <HistogramBars
            label={m.media.histogramAt(media.key, step)}
            histogram={one}
            values={values}
            isLog={isLog}
          />
        )
      )}
    </div>
  );
}
