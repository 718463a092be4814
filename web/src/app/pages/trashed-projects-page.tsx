import { TrashedProjects } from "@/features/trash/trashed-projects";
import { useWords } from "@/features/trash/words/use-words";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function TrashedProjectsPage() {
  const w = useWords();
  useTitle(w.deletedProjects);
  return (
    <TrashedProjects renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />} />
  );
}
