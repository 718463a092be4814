/**
 * Runs beside each other: a picture each as tiles, several each as rows whose columns are the same
 * pictures, other kinds in boxes.
 */
import { type ReactNode, useRef } from "react";
import type { RunRef } from "@/api/client";
import type { MediaItem, MediaValue } from "@/api/media";
import { useMessages } from "@/lib/i18n";
import { useTheme } from "@/lib/theme";
import { useSeen } from "../use-seen";
import { useWords } from "../words/use-words";
import { HistogramPanel } from "./histogram-panel";
import { Picture } from "./image-grid";
import { MediaContent } from "./media-content";
import type { RunsMediaProps, ShownRun } from "./runs-media";
import styles from "./runs-media.module.css";

interface RunsMediaListProps extends Omit<RunsMediaProps, "step" | "onStep"> {
  shown: readonly ShownRun[];
  step: number;
  onStep: (step: number) => void;
  /** Classes of boxes and masks that are switched off. */
  hidden: ReadonlySet<string>;
}

/** Of one run, in a row; its own page has the others. */
const MAX_IN_ROW = 48;

export function RunsMediaList(props: RunsMediaListProps) {
  const { shown } = props;
  const isPictures = shown.every(({ value }) => value === null || value.media.kind === "image");
  const most = Math.max(0, ...shown.map(({ value }) => value?.media.items.length ?? 0));
  // A run alone has the whole panel, as it has on its own page.
  if (shown.length === 1 || !isPictures) return <Boxes {...props} />;
  return most > 1 ? <Rows {...props} /> : <Tiles {...props} />;
}

function Tiles(props: RunsMediaListProps) {
  return (
    <ul className={styles.tiles} data-large={props.isLarge}>
      {props.shown.map((one) => (
        <li key={one.run.id} className={styles.tile}>
          <RunHead {...props} one={one} />
          {one.value ? <OnePicture {...props} one={one} value={one.value} index={0} /> : <NotYet />}
        </li>
      ))}
    </ul>
  );
}

function Rows(props: RunsMediaListProps) {
  const w = useWords();
  return (
    <ul className={styles.rows} data-large={props.isLarge}>
      {props.shown.map((one) => {
        const items: readonly MediaItem[] = one.value?.media.items ?? [];
        const numMore = items.length - MAX_IN_ROW;
        return (
          <li key={one.run.id}>
            <RunHead {...props} one={one} />
            {one.value ? (
              <ul className={styles.row}>
                {items.slice(0, MAX_IN_ROW).map((_, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: one file may be logged several times
                  <li key={index} className={styles.cell}>
                    {one.value && (
                      <OnePicture {...props} one={one} value={one.value} index={index} />
                    )}
                  </li>
                ))}
                {numMore > 0 && (
                  <li className={styles.more}>
                    {props.renderRunLink(one.run.id, w.more(numMore))}
                  </li>
                )}
              </ul>
            ) : (
              <NotYet />
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface OnePictureProps extends RunsMediaListProps {
  one: ShownRun;
  value: MediaValue;
  index: number;
}

function OnePicture({ project, mediaKey, hidden, onOpen, one, value, index }: OnePictureProps) {
  const item = value.media.items[index];
  if (!item) return null;
  return (
    <Picture
      project={{ ...project, run: one.run.id }}
      mediaKey={mediaKey}
      item={item}
      hidden={hidden}
      onOpen={() => onOpen(one.run.id, value.step, index)}
    />
  );
}

function Boxes(props: RunsMediaListProps) {
  const { shown, kind, isLarge } = props;
  return (
    <ul
      className={styles.boxes}
      data-kind={kind}
      data-large={isLarge}
      data-alone={shown.length === 1}
    >
      {shown.map((one) => (
        <Box key={one.run.id} {...props} one={one} />
      ))}
    </ul>
  );
}

function Box(props: RunsMediaListProps & { one: ShownRun }) {
  const { project, mediaKey, one, onStep, onOpen, renderFileLink } = props;
  const { run, value, steps, total } = one;
  const root = useRef<HTMLLIElement>(null);
  const isSeen = useSeen(root);
  const theme = useTheme();
  const ref: RunRef = { ...project, run: run.id };
  const content = () => {
    if (!value) return <NotYet />;
    if (value.media.kind === "histogram") {
      const [first = 0, last = 0] = [steps[0], steps.at(-1)];
      const ends = { num_values: total, first_step: first, last_step: last };
      return (
        <HistogramPanel
          project={ref}
          media={{ key: mediaKey, kind: "histogram", ...ends }}
          step={value.step}
          isSeen={isSeen}
          onStep={onStep}
          ink={run.colour[theme]}
        />
      );
    }
    return (
      <MediaContent
        project={ref}
        mediaKey={mediaKey}
        media={value.media}
        step={value.step}
        item={0}
        isLarge={false}
        onExpand={(index) => onOpen(run.id, value.step, index)}
        renderFileLink={(path, children) => renderFileLink(ref, path, children)}
      />
    );
  };
  return (
    <li ref={root} className={styles.box}>
      <RunHead {...props} one={one} />
      <div className={styles.content}>{isSeen && content()}</div>
    </li>
  );
}

interface RunHeadProps extends Pick<RunsMediaListProps, "renderRunLink" | "step"> {
  one: ShownRun;
}

/** Whose it is, and of which step where that is another one. */
function RunHead({ one: { run, value }, step, renderRunLink }: RunHeadProps): ReactNode {
  const m = useMessages();
  const theme = useTheme();
  return (
    <div className={styles.head}>
      <span className={styles.dot} style={{ background: run.colour[theme] }} aria-hidden="true" />
      <span className={styles.name} title={run.name} dir="auto">
        {renderRunLink(run.id, run.name)}
      </span>
      {value && value.step !== step && (
        <span className={styles.step}>{m.media.step(value.step)}</span>
      )}
    </div>
  );
}

function NotYet() {
  const w = useWords();
  return <p className={styles.none}>{w.notYet}</p>;
}
