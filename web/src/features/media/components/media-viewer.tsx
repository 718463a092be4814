/** One key on the whole screen. Arrows go from picture to picture, or from step to step. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { RunRef } from "@/api/client";
import type { MediaKey } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import { IconButton } from "@/ui/button";
import { StepSlider } from "@/ui/step-slider";
import { useMediaStep } from "../use-media-step";
import { HistogramPanel } from "./histogram-panel";
import { MediaContent } from "./media-content";
import styles from "./media-viewer.module.css";

interface MediaViewerProps {
  project: RunRef;
  media: MediaKey;
  item: number;
  step: number | null;
  onStep?: (step: number) => void;
  onItem: (item: number) => void;
  onClose: () => void;
  renderFileLink: (path: string, children: ReactNode) => ReactNode;
}

export function MediaViewer(props: MediaViewerProps) {
  const { project, media, item, onItem, onClose } = props;
  const m = useMessages();
  const dialog = useRef<HTMLDialogElement>(null);
  const steps = useMediaStep(props, true);
  const { value } = steps;
  const count = value?.media.items.length ?? 0;
  // Pictures are shown one at a time here; other kinds keep their own way through many.
  const isPaged = media.kind === "image" && count > 1;
  const index = Math.min(item, Math.max(0, count - 1));

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  const turn = (direction: 1 | -1) => {
    if (!isPaged) void steps.hop(direction);
    else if (index + direction >= 0 && index + direction < count) onItem(index + direction);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : null;
    if (direction === null) return;
    const isPlayer = event.target instanceof HTMLMediaElement;
    if (isPlayer) return;
    event.preventDefault();
    if (event.shiftKey) void steps.hop(direction);
    else turn(direction);
  };
  return (
    <dialog
      ref={dialog}
      className={styles.viewer}
      aria-label={media.key}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <h2 className={styles.title} dir="auto">
          {media.key}
        </h2>
        {isPaged && (
          <div className={styles.pager}>
            <span className={styles.back}>
              <IconButton
                icon="chevron"
                label={m.media.previousItem}
                disabled={index === 0}
                onClick={() => turn(-1)}
              />
            </span>
            <output>{m.media.itemOf(index + 1, count)}</output>
            <IconButton
              icon="chevron"
              label={m.media.nextItem}
              disabled={index === count - 1}
              onClick={() => turn(1)}
            />
          </div>
        )}
        <IconButton icon="close" label={m.media.close} onClick={onClose} />
      </header>
      <div className={styles.body}>
        {media.kind === "histogram" ? (
          <HistogramPanel
            project={project}
            media={media}
            step={steps.step}
            isSeen
            onStep={steps.go}
          />
        ) : (
          value && (
            <MediaContent
              project={project}
              mediaKey={media.key}
              media={value.media}
              step={value.step}
              item={index}
              isLarge
              renderFileLink={props.renderFileLink}
            />
          )
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
    </dialog>
  );
}
