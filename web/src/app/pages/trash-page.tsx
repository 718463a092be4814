import { useParams } from "@tanstack/react-router";
import { TrashView } from "@/features/trash/trash-view";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function TrashPage() {
  const m = useMessages();
  const project = useParams({ from: "/signed-in/$entity/$project/trash" });
  useTitle(m.trash.title, project.project);
  return (
    <TrashView
      project={project}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
