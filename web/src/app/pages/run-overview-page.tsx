/** All that is known of a run, but for what it logged over time. */
import { RunGlance } from "@/features/run/components/run-glance";
import { useFramedRun } from "./run-context";

export function RunOverviewPage() {
  const { run } = useFramedRun();
  return <RunGlance run={run} />;
}
