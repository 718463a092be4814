/** A custom chart on the screen: a canvas, and above it what is said about the place pointed at. */
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { classNames } from "@/lib/class-names";
import { useTheme } from "@/lib/theme";
import { placeAt } from "../line/chart-tooltip";
import tooltipStyles from "../line/chart-tooltip.module.css";
import { readChartTheme } from "../line/read-theme";
import { registerChart } from "../registry";
import { StrokeSwatch } from "../stroke-swatch";
import { useFontsVersion } from "../use-fonts";
import { useSize } from "../use-size";
import styles from "./custom-chart.module.css";
import { paintScene } from "./draw";
import type { Figure } from "./figure";
import { buildCustomScene, type CustomScene, type SceneWords, type Tip } from "./scene";

interface CustomChartProps {
  dataKey: string;
  label: string;
  figure: Figure;
  isNormalised: boolean;
  words: SceneWords;
}

export function CustomChart({ dataKey, label, figure, isNormalised, words }: CustomChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const size = useSize(root);
  const fonts = useFontsVersion();
  const [place, setPlace] = useState<{ x: number; y: number; stop: number | null } | null>(null);
  const scene = useMemo(
    () =>
      size &&
      buildCustomScene(figure, {
        ...size,
        isNormalised,
        ground: readChartTheme(theme).ground,
        words,
      }),
    [figure, size, isNormalised, theme, words],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: letters are painted anew in their font
  useLayoutEffect(() => {
    if (canvas.current && scene) {
      paintScene(canvas.current, scene, readChartTheme(theme), window.devicePixelRatio || 1);
    }
  }, [scene, theme, fonts]);
  useEffect(() => registerChart(() => scene && drawn(dataKey, scene)), [dataKey, scene]);

  const tip = place && scene ? scene.tipAt(place.x, place.y) : null;
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setPlace({ x: event.clientX - box.left, y: event.clientY - box.top, stop: null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const stops = scene?.stops ?? [];
    const direction = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && place) setPlace(null);
    else if (direction === undefined || stops.length === 0) return;
    else {
      const before = place?.stop ?? (direction === 1 ? -1 : stops.length);
      const stop = Math.min(Math.max(before + direction, 0), stops.length - 1);
      const at = stops[stop];
      if (at) setPlace({ ...at, stop });
    }
    event.preventDefault();
    // Else the arrows would go on to the next panel.
    event.stopPropagation();
  };
  return (
    <div
      ref={root}
      className={styles.chart}
      role="application"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go from value to value
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => setPlace(null)}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setPlace(null)}
    >
      <canvas ref={canvas} className={styles.canvas} />
      {tip && (
        <svg className={styles.overlay} aria-hidden="true">
          {tip.box && (
            <rect
              className={styles.box}
              x={tip.box.left}
              y={tip.box.top}
              width={tip.box.right - tip.box.left}
              height={tip.box.bottom - tip.box.top}
            />
          )}
          {tip.rings.map(({ x, y, color }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: curves may meet in one point
            <circle key={i} className={styles.ring} cx={x} cy={y} r={4} stroke={color} />
          ))}
        </svg>
      )}
      <output className="visually-hidden">{tip && place?.stop != null ? read(tip) : ""}</output>
      {tip && root.current && <Tooltip tip={tip} origin={root.current.getBoundingClientRect()} />}
    </div>
  );
}

function Tooltip({ tip, origin }: { tip: Tip; origin: DOMRect }) {
  return createPortal(
    <div
      className={tooltipStyles.tooltip}
      style={placeAt(origin.left + tip.x, origin.top + tip.y)}
      role="tooltip"
      data-testid="chart-tooltip"
    >
      <div className={tooltipStyles.title} dir="auto">
        {tip.title}
      </div>
      <ul>
        {tip.rows.map((row, i) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: two runs may have one name
            key={i}
            className={classNames(tooltipStyles.row, row.isNearest && tooltipStyles.nearest)}
          >
            {row.color === null ? <span /> : <StrokeSwatch color={row.color} dash={row.dash} />}
            <span className={tooltipStyles.name} dir="auto">
              {row.name}
            </span>
            <span className={tooltipStyles.value}>{row.value}</span>
          </li>
        ))}
      </ul>
    </div>,
    document.body,
  );
}

function read({ title, rows }: Tip): string {
  return [title, ...rows.map(({ name, value }) => `${name} ${value}`)].join(", ");
}

function drawn(key: string, { domains, values }: CustomScene) {
  return {
    key,
    ...domains,
    lines: values.map((one) => ({ ...one, exact: true, smooth: null, min: null, max: null })),
  };
}
