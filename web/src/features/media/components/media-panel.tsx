/** One key: what was logged under it at a step, and the steps. Loads when it comes into view. */
import { type ReactNode, useRef } from "react";
import type { RunRef } from "@/api/client";
import type { MediaKey } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { Skeleton } from "@/ui/skeleton";
import { StepSlider } from "@/ui/step-slider";
import { useMediaStep } from "../use-media-step";
import { useSeen } from "../use-seen";
import { HistogramPanel } from "./histogram-panel";
import { MediaContent } from "./media-content";
import styles from "./media-panel.module.css";

export interface MediaPanelProps {
  project: RunRef;
  media: MediaKey;
  /** As it is called under its group's heading; the key itself if left out. */
  name?: string;
  /** The step that all panels show; null: this one's own. */
  step: number | null;
  /** Given where panels move together. */
  onStep?: (step: number) => void;
  /** Opens a file of the run. */
  renderFileLink: (path: string, children: ReactNode) => ReactNode;
  /** Full screen is for the gallery to give. */
  onExpand?: (index: number) => void;
  /** Which of several items is shown first. */
  item?: number;
  isLarge?: boolean;
}

export function MediaPanel(props: MediaPanelProps) {
  const { project, media, onExpand } = props;
  const m = useMessages();
  const root = useRef<HTMLElement>(null);
  const isSeen = useSeen(root);
  const steps = useMediaStep(props, isSeen);
  const { value, error, retry } = steps;
  return (
    <article
      ref={root}
      className={styles.panel}
      data-large={props.isLarge ?? false}
      data-kind={media.kind}
      aria-label={media.key}
    >
      <header className={styles.head}>
        <h3 className={styles.name} title={media.key} dir="auto">
          {props.name ?? media.key}
        </h3>
        <span className={styles.kind}>{m.media.kinds[media.kind]}</span>
        {onExpand && (
          <IconButton icon="expand" label={m.media.expand(media.key)} onClick={() => onExpand(0)} />
        )}
      </header>
      <div className={styles.body} data-stale={steps.isStale}>
        {error && !value ? (
          <div className={styles.problem} role="alert">
            <p>{m.media.failed}</p>
            <p className={styles.said}>{error.message}</p>
            <Button onClick={retry}>{m.media.retry}</Button>
          </div>
        ) : media.kind === "histogram" ? (
          <HistogramPanel
            project={project}
            media={media}
            step={steps.step}
            isSeen={isSeen}
            onStep={steps.go}
          />
        ) : value ? (
          <MediaContent
            project={project}
            mediaKey={media.key}
            media={value.media}
            step={value.step}
            item={props.item ?? 0}
            isLarge={props.isLarge ?? false}
            renderFileLink={props.renderFileLink}
            {...(onExpand ? { onExpand } : {})}
          />
        ) : (
          <div className={styles.loading}>
            <Skeleton width="70%" />
          </div>
        )}
      </div>
      {steps.step !== null && (
        <StepSlider
          label={m.media.stepOf(media.key)}
          steps={steps.all}
          total={steps.total}
          step={steps.step}
          wanted={props.step}
          onStep={steps.go}
          onHop={steps.hop}
        />
      )}
    </article>
  );
}
