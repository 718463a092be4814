import { TrashedProjects } from "@/features/trash/trashed-projects";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function TrashedProjectsPage() {
  const m = useMessages();
  useTitle(m.trash.deletedProjects);
  return (
    <TrashedProjects renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />} />
  );
}
