/** What the run used and logged. */
import { RunArtifactsView } from "@/features/artifacts/components/run-artifacts";
import { ErrorView } from "../error-view";
import { useFramedRun } from "./run-context";

export function RunArtifactsPage() {
  const { ref } = useFramedRun();
  return (
    <RunArtifactsView
      run={ref}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
