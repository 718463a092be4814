/** What the machines did while the run was going. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { isLive } from "@/features/run/state";
import { type SystemAddress, SystemView } from "@/features/system/components/system-view";
import { ErrorView } from "../error-view";
import { useFramedRun } from "./run-context";

const FROM = "/signed-in/$entity/$project/runs/$run/system";

export function RunSystemPage() {
  const { ref, run } = useFramedRun();
  const navigate = useNavigate();
  const { x, from, to, host } = useSearch({ from: FROM });
  const address = useMemo((): SystemAddress => {
    const [lo, hi] = [Number(from ?? "x"), Number(to ?? "x")];
    return {
      axis: x === "time" ? "time" : "relative",
      zoom: lo < hi ? [lo, hi] : null,
      hosts: host,
    };
  }, [x, from, to, host]);
  const onAddress = (change: Partial<SystemAddress>) => {
    const { axis, zoom, hosts } = { ...address, ...change };
    void navigate({
      to: ".",
      search: (old) => ({
        ...old,
        x: axis === "time" ? axis : undefined,
        // A thousandth of a second is finer than any pixel.
        from: zoom ? String(Number(zoom[0].toFixed(3))) : undefined,
        to: zoom ? String(Number(zoom[1].toFixed(3))) : undefined,
        host: hosts,
      }),
      replace: true,
    });
  };
  return (
    <SystemView
      runRef={ref}
      isLive={run !== undefined && isLive(run.state)}
      address={address}
      onAddress={onAddress}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
