/** All that is known of a run, but for what it logged over time. */
import { RunOverview } from "@/features/run/components/run-overview";
import { useFramedRun } from "./run-context";
import { useRunLinks } from "./use-run-links";

export function RunOverviewPage() {
  const { ref, run } = useFramedRun();
  const { codeLink, mediaLink } = useRunLinks(ref);
  return <RunOverview runRef={ref} run={run} codeLink={codeLink} mediaLink={mediaLink} />;
}
