import { useRef } from "react";
import type { RunRef } from "@/api/client";
import type { Domain } from "@/charts/line/types";
import { useSize } from "@/charts/use-size";
import { columnsFor, type SystemSection } from "../model";
import { useWords } from "../words/use-words";
import styles from "./system.module.css";
import { SystemChart } from "./system-chart";

interface SystemSectionsProps {
  runRef: RunRef;
  sections: readonly SystemSection[];
  axis: "relative" | "time";
  zoom: Domain | null;
  isLive: boolean;
  onZoom: (zoom: Domain | null) => void;
}

/** Kinds of devices one after the other; small ones share a row. */
export function SystemSections({ sections, ...chartProps }: SystemSectionsProps) {
  const w = useWords();
  const box = useRef<HTMLDivElement>(null);
  const numColumns = columnsFor(useSize(box)?.width ?? 0);
  return (
    <div className={styles.scroller}>
      <div
        ref={box}
        className={styles.sections}
        style={{ gridTemplateColumns: `repeat(${numColumns}, minmax(0, 1fr))` }}
      >
        {sections.map(({ kind, charts }) => {
          const span = Math.min(charts.length, numColumns);
          return (
            <section key={kind} aria-label={w.kinds[kind]} style={{ gridColumn: `span ${span}` }}>
              <h2 className={styles.kind}>
                {w.kinds[kind]} <span className={styles.count}>{charts.length}</span>
              </h2>
              <div
                className={styles.grid}
                style={{ gridTemplateColumns: `repeat(${span}, minmax(0, 1fr))` }}
              >
                {charts.map((chart) => (
                  <SystemChart key={chart.id} {...chartProps} chart={chart} />
                ))}
              </div>
            </section>
          );
        })}
      </div>
    </div>
  );
}
