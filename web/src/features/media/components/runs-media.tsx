/** What several runs logged under a key, beside each other at one step. */
import { type ReactNode, useMemo, useState } from "react";
import type { ProjectRef, RunRef } from "@/api/client";
import type { MediaItem, MediaKind, MediaValue } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import type { RunColour } from "@/lib/run-colour";
import { hop, placeAtOrBefore } from "@/lib/steps";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { StepSlider } from "@/ui/step-slider";
import { unionOfSteps } from "../model";
import { useMediaOfRuns, usePrefetchRuns } from "../queries";
import { useWords } from "../words/use-words";
import { OverlayClasses } from "./image-grid";
import styles from "./runs-media.module.css";
import { RunsMediaList } from "./runs-media-list";

export interface MediaRun {
  id: string;
  name: string;
  isRunning: boolean;
  colour: RunColour;
}

/** A run and what it has at the step; null where it logged nothing so early. */
export interface ShownRun {
  run: MediaRun;
  value: MediaValue | null;
  steps: readonly number[];
  total: number;
}

export interface RunsMediaProps {
  project: ProjectRef;
  mediaKey: string;
  kind: MediaKind;
  runs: readonly MediaRun[];
  /** The step that all panels show; null: the last of each run. */
  step: number | null;
  onStep: (step: number | null) => void;
  isLarge: boolean;
  /** To one run's value alone, on the whole screen. */
  onOpen: (run: string, step: number, item: number) => void;
  /** To all that the run logged under the key. */
  renderRunLink: (run: string, children: ReactNode) => ReactNode;
  renderFileLink: (run: RunRef, path: string, children: ReactNode) => ReactNode;
}

const NO_ITEMS: readonly MediaItem[] = [];

export function RunsMedia(props: RunsMediaProps) {
  const { project, mediaKey, runs, step: wanted, onStep } = props;
  const m = useMessages();
  const w = useWords();
  const { data, error, isPlaceholderData, refetch } = useMediaOfRuns(
    project,
    mediaKey,
    runs,
    wanted,
  );
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => {
    const byId = new Map(runs.map((run) => [run.id, run]));
    return (data?.runs ?? []).flatMap(({ run: id, ...rest }): ShownRun[] => {
      const run = byId.get(id);
      return run ? [{ ...rest, run }] : [];
    });
  }, [data, runs]);
  const steps = useMemo(() => unionOfSteps(shown.map((one) => one.steps)), [shown]);
  const step = steps[placeAtOrBefore(steps, wanted ?? Number.POSITIVE_INFINITY)];
  usePrefetchRuns(project, mediaKey, runs, step === undefined ? null : hop(steps, step, 1));
  // At the end it follows what comes.
  const go = (next: number) => onStep(next === steps.at(-1) ? null : next);

  if (error && !data) {
    return (
      <div className={styles.middle} role="alert">
        <p>
          {m.media.failed}: {error.message}
        </p>
        <Button onClick={() => void refetch()}>{m.media.retry}</Button>
      </div>
    );
  }
  if (!data && runs.length > 0) {
    return (
      <div className={styles.loading}>
        <Skeleton width="70%" />
      </div>
    );
  }
  if (step === undefined) return <p className={styles.middle}>{w.none}</p>;
  const isCut = data !== undefined && data.runs.length < data.num_runs;
  return (
    <div className={styles.view}>
      <div className={styles.body} data-stale={isPlaceholderData}>
        <RunsMediaList {...props} shown={shown} step={step} onStep={go} hidden={hidden} />
      </div>
      {shown.length > 1 && (
        <OverlayClasses
          items={props.kind === "image" ? itemsOf(shown) : NO_ITEMS}
          hidden={hidden}
          onHidden={setHidden}
        />
      )}
      <footer className={styles.foot}>
        {isCut && (
          <span className={styles.count} title={w.runsHint}>
            {w.runs(data.runs.length, data.num_runs)}
          </span>
        )}
        <div className={styles.steps}>
          <StepSlider
            label={m.media.stepOf(mediaKey)}
            steps={steps}
            total={steps.length}
            step={step}
            wanted={wanted}
            onStep={go}
            onHop={(direction) => {
              const next = hop(steps, step, direction);
              if (next !== null) go(next);
              return next !== null;
            }}
          />
        </div>
      </footer>
    </div>
  );
}

function itemsOf(shown: readonly ShownRun[]): MediaItem[] {
  return shown.flatMap(({ value }) => value?.media.items ?? []);
}
