/** Boxes and masks over a picture, each class in a colour of its own. */
import { useLayoutEffect, useMemo, useRef } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { MediaOverlay } from "@/api/media";
import { formatNumber } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { runColour } from "@/lib/run-colour";
import { type Theme, useTheme } from "@/lib/theme";
import { paintMask, readBoxes, rgb } from "../overlays";
import { useFileText } from "../queries";
import styles from "./image-grid.module.css";

export interface OverlayClass {
  /** Of the overlay and the class; what is hidden is known by it. */
  name: string;
  id: string;
  label: string;
}

interface OverlayProps {
  project: RunRef;
  overlay: MediaOverlay;
  hidden: ReadonlySet<string>;
}

export function classColour(id: string, theme: Theme): string {
  return runColour({ id, number: Number(id) + 1 })[theme];
}

interface BoxOverlayProps extends OverlayProps {
  size: { width: number; height: number };
}

export function BoxOverlay({ project, overlay, size, hidden }: BoxOverlayProps) {
  const m = useMessages();
  const theme = useTheme();
  const { data } = useFileText(project, overlay.path, null);
  const group = useMemo(() => readBoxes(parse(data), size), [data, size]);
  return (
    <span className={styles.overlay} aria-hidden="true">
      {group.boxes
        .filter(({ classId }) => !hidden.has(`${overlay.name}/${classId}`))
        .map((box) => {
          const label =
            box.caption ||
            overlay.class_labels[box.classId] ||
            group.classLabels[box.classId] ||
            m.media.classNumber(box.classId);
          const scores = box.scores.map(([name, value]) =>
            m.media.score(name, formatNumber(value)),
          );
          return (
            <span
              key={`${box.classId} ${box.left} ${box.top} ${box.width} ${box.height}`}
              className={styles.box}
              title={[overlay.name, label, ...scores].join(" · ")}
              style={{
                left: `${box.left * 100}%`,
                top: `${box.top * 100}%`,
                width: `${box.width * 100}%`,
                height: `${box.height * 100}%`,
                "--box": classColour(box.classId, theme),
              }}
            >
              <span className={styles.boxLabel}>{label}</span>
            </span>
          );
        })}
    </span>
  );
}

export function MaskOverlay({ project, overlay, hidden }: OverlayProps) {
  const client = useClient();
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const src = overlay.path === null ? null : client.fileUrl(project, overlay.path, "show");
  useLayoutEffect(() => {
    if (src === null) return;
    const image = new Image();
    let isCurrent = true;
    image.onload = () => {
      if (isCurrent && canvas.current) draw(canvas.current, image, overlay, hidden, theme);
    };
    image.src = src;
    return () => {
      isCurrent = false;
    };
  }, [src, overlay, hidden, theme]);
  return <canvas ref={canvas} className={styles.mask} />;
}

function draw(
  canvas: HTMLCanvasElement,
  image: HTMLImageElement,
  { name, class_labels }: MediaOverlay,
  hidden: ReadonlySet<string>,
  theme: Theme,
): void {
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || canvas.width === 0 || canvas.height === 0) return;
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const isNamed = Object.keys(class_labels).length > 0;
  paintMask(pixels.data, (id) => {
    const isShown = isNamed ? `${id}` in class_labels : id > 0;
    return isShown && !hidden.has(`${name}/${id}`) ? rgb(classColour(String(id), theme)) : null;
  });
  context.putImageData(pixels, 0, 0);
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
