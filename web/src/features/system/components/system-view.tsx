/** A run's machines: charts by kind of device, hosts to choose from, one x for all. */
import { type ReactNode, useState } from "react";
import { type RunRef, useClient } from "@/api/client";
import { SeriesBatcher } from "@/api/series-batcher";
import type { Domain } from "@/charts/line/types";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { buildSystem, hiddenHosts, hostName, toggleHost } from "../model";
import { BatcherContext, useSystem } from "../queries";
import { useWords } from "../words/use-words";
import styles from "./system.module.css";
import { SystemSections } from "./system-sections";

export interface SystemAddress {
  axis: "relative" | "time";
  zoom: Domain | null;
  /** Writers that are shown, separated by commas; undefined for all. */
  hosts: string | undefined;
}

interface SystemViewProps {
  runRef: RunRef;
  isLive: boolean;
  address: SystemAddress;
  onAddress: (change: Partial<SystemAddress>) => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function SystemView({ runRef, isLive, address, onAddress, renderError }: SystemViewProps) {
  const w = useWords();
  const client = useClient();
  const [batcher] = useState(
    () => new SeriesBatcher((requests, signal) => client.loadSeries(requests, signal)),
  );
  const { data, error, refetch } = useSystem(runRef, isLive);
  if (error && !data) return renderError(error, () => void refetch());
  if (!data) return <SystemSkeleton />;
  if (data.metrics.length === 0) {
    return (
      <Notice title={isLive ? w.emptyYet : w.empty}>{isLive ? w.emptyYetHint : w.emptyHint}</Notice>
    );
  }
  const { axis, zoom } = address;
  const hidden = hiddenHosts(data.hosts, address.hosts);
  const axes: { value: SystemAddress["axis"]; label: string }[] = [
    { value: "relative", label: w.relative },
    { value: "time", label: w.time },
  ];
  return (
    <BatcherContext value={batcher}>
      <div className={styles.system}>
        <div className={styles.toolbar}>
          {data.hosts.length > 1 && (
            <fieldset className={styles.hosts}>
              <legend className="visually-hidden">{w.hosts}</legend>
              {data.hosts.map((host) => (
                <button
                  key={host.writer}
                  type="button"
                  className={styles.host}
                  aria-pressed={!hidden.has(host.writer)}
                  title={host.hostname ?? undefined}
                  onClick={() => onAddress({ hosts: toggleHost(data.hosts, hidden, host.writer) })}
                >
                  {hostName(host)}
                </button>
              ))}
            </fieldset>
          )}
          <div className={styles.end}>
            {zoom && <Button onClick={() => onAddress({ zoom: null })}>{w.resetZoom}</Button>}
            <Segmented
              label={w.axis}
              options={axes}
              value={axis}
              onChange={(next) => onAddress({ axis: next, zoom: null })}
            />
          </div>
        </div>
        <SystemSections
          runRef={runRef}
          sections={buildSystem(data, hidden)}
          axis={axis}
          zoom={zoom}
          isLive={isLive}
          onZoom={(next) => onAddress({ zoom: next })}
        />
      </div>
    </BatcherContext>
  );
}

function SystemSkeleton() {
  return (
    <div className={styles.system}>
      <div className={styles.toolbar} />
      <div className={styles.ghosts}>
        {[90, 120, 100, 80, 110, 95].map((width) => (
          <div key={width} className={styles.chart}>
            <header className={styles.head}>
              <Skeleton width={width} />
            </header>
          </div>
        ))}
      </div>
    </div>
  );
}
