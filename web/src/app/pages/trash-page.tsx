import { useParams } from "@tanstack/react-router";
import { TrashView } from "@/features/trash/trash-view";
import { useWords } from "@/features/trash/words/use-words";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function TrashPage() {
  const w = useWords();
  const project = useParams({ from: "/signed-in/$entity/$project/trash" });
  useTitle(w.title, project.project);
  return (
    <TrashView
      project={project}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
