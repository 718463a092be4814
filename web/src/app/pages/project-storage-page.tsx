import { ProjectStorageView } from "@/features/storage/project-storage";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";
import { useProjectRef } from "./project-place";

export function ProjectStoragePage() {
  const m = useMessages();
  const project = useProjectRef();
  useTitle(m.places.storage, project.project);
  return (
    <ProjectStorageView
      key={`${project.entity}/${project.project}`}
      project={project}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
