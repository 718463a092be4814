/** One picture: fitted, at its own size, or as near as one likes. Small ones show their pixels. */
import { type ReactNode, useState } from "react";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "../button";
import { Notice } from "../notice";
import styles from "./image-view.module.css";

interface ImageViewProps {
  src: string;
  alt: string;
  /** At the end of the tool bar. */
  actions?: ReactNode;
}

const ZOOMS = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32];
/** Below this many pixels a side, blurring them would hide what is there. */
const SMALL = 128;

export function ImageView({ src, alt, actions }: ImageViewProps) {
  const m = useMessages();
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const [zoom, setZoom] = useState<number | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  if (failed === src) return <Notice title={m.files.badImage}>{m.files.badImageHint}</Notice>;
  const isSmall = natural !== null && Math.max(natural.width, natural.height) <= SMALL;
  const current = zoom ?? 1;
  const larger = ZOOMS.find((each) => each > current);
  const smaller = ZOOMS.findLast((each) => each < current);
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        {natural && <span>{m.files.pixels(natural.width, natural.height)}</span>}
        <span className={styles.grow} />
        {zoom !== null && <output>{Math.round(zoom * 1000) / 10}%</output>}
        <IconButton
          icon="minus"
          label={m.files.zoomOut}
          disabled={smaller === undefined}
          onClick={() => setZoom(smaller ?? current)}
        />
        <IconButton
          icon="plus"
          label={m.files.zoomIn}
          disabled={larger === undefined}
          onClick={() => setZoom(larger ?? current)}
        />
        <Button aria-pressed={zoom === null} onClick={() => setZoom(null)}>
          {m.files.fit}
        </Button>
        <Button aria-pressed={zoom === 1} onClick={() => setZoom(1)}>
          {m.files.actualSize}
        </Button>
        {actions}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <div className={styles.ground} data-fit={zoom === null} tabIndex={0}>
        <img
          className={styles.image}
          src={src}
          alt={alt}
          data-pixels={isSmall || (zoom ?? 0) > 2}
          data-small={isSmall}
          style={zoom !== null && natural ? { width: natural.width * zoom } : undefined}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setNatural({ width: naturalWidth, height: naturalHeight })
          }
          onError={() => setFailed(src)}
        />
      </div>
    </div>
  );
}
