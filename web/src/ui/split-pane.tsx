/**
 * Two columns with an edge between them that can be dragged; the width is remembered. Where there
 * is no room for two, one at a time.
 */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import { IconButton } from "./button";
import { Segmented } from "./segmented";
import styles from "./split-pane.module.css";

interface SplitPaneProps {
  /** Under this name the width is kept. */
  name: string;
  label: string;
  /** What the columns are called where only one of them is shown. */
  names: readonly [left: string, right: string];
  initialWidth: number;
  left: ReactNode;
  children: ReactNode;
  /** Which of them is shown there; the other remains a tap away. */
  side?: Side;
  /** The left column is out of the way; a button in its place brings it back. */
  isFolded?: boolean;
  onUnfold?: () => void;
  unfoldLabel?: string;
  /** The edge was dragged to the far right: the left column is to have all of the page. */
  onPulledOut?: () => void;
}

type Side = "left" | "right";

const MIN = 200;
const MAX = 640;
const KEY_STEP = 16;
/** Which part of the page is "far right". */
const PULLED_OUT = 0.7;

export function SplitPane(props: SplitPaneProps) {
  const { name, label, names, initialWidth, left, children, isFolded = false } = props;
  const { side = "right" } = props;
  const [width, setWidth] = useState(() => readWidth(name) ?? initialWidth);
  const [isPulledOut, setPulledOut] = useState(false);
  const [shown, setShown] = useState(side);
  const [wanted, setWanted] = useState(side);
  if (side !== wanted) {
    setWanted(side);
    setShown(side);
  }
  const sides: { value: Side; label: string }[] = [
    { value: "left", label: names[0] },
    { value: "right", label: names[1] },
  ];

  const resize = (next: number) => setWidth(Math.min(Math.max(Math.round(next), MIN), MAX));
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const all = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!all) return;
    resize(event.clientX - all.left);
    setPulledOut((event.clientX - all.left) / all.width > PULLED_OUT);
  };
  const onPointerUp = () => {
    if (isPulledOut && props.onPulledOut) {
      setPulledOut(false);
      setWidth(readWidth(name) ?? initialWidth);
      props.onPulledOut();
    } else writeWidth(name, width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft") resize(width - KEY_STEP);
    if (event.key === "ArrowRight") resize(width + KEY_STEP);
  };
  return (
    <div
      className={styles.panes}
      data-shown={shown}
      data-folded={isFolded}
      data-pulled-out={isPulledOut && props.onPulledOut !== undefined}
      style={{ "--left": `${width}px` }}
    >
      <div className={styles.switch}>
        <Segmented label={names.join(" / ")} options={sides} value={shown} onChange={setShown} />
      </div>
      <div className={styles.pane}>
        {isFolded ? (
          <div className={styles.folded}>
            <IconButton
              icon="foldRight"
              label={props.unfoldLabel ?? names[0]}
              onClick={props.onUnfold}
            />
          </div>
        ) : (
          left
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: an hr cannot be dragged; this is the window-splitter pattern */}
      <div
        className={styles.edge}
        role="separator"
        aria-orientation="vertical"
        aria-label={label}
        aria-valuenow={width}
        aria-valuemin={MIN}
        aria-valuemax={MAX}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onKeyDown={onKeyDown}
        onBlur={() => writeWidth(name, width)}
        onDoubleClick={() => resize(initialWidth)}
      />
      <div className={styles.pane}>{children}</div>
    </div>
  );
}

function readWidth(name: string): number | null {
  try {
    const width = Number(localStorage.getItem(`runstone.width.${name}`));
    return width >= MIN && width <= MAX ? width : null;
  } catch {
    return null;
  }
}

function writeWidth(name: string, width: number): void {
  try {
    localStorage.setItem(`runstone.width.${name}`, String(width));
  } catch {
    // Storage may be blocked; the width then lasts as long as the page.
  }
}
