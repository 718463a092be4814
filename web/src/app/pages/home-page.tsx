import { useMe } from "@/features/auth/queries";
import { ProjectsPage } from "@/features/projects/projects-page";
import { useRefreshProjects } from "@/features/projects/queries";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";
import { useLive } from "../live";

export function HomePage() {
  const m = useMessages();
  const { data: me } = useMe();
  const refresh = useRefreshProjects();
  useTitle(m.projects.title);
  useLive(null, { onChange: refresh, onGap: refresh });
  return (
    <ProjectsPage
      serverUrl={me?.server.base_url || window.location.origin}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
