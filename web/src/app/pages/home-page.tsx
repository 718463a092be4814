import { useCreateApiKey, useMe } from "@/features/auth/queries";
import { WaitingForRuns } from "@/features/projects/components/waiting-for-runs";
import { ProjectsPage } from "@/features/projects/projects-page";
import { useRefreshProjects } from "@/features/projects/queries";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";
import { useLive } from "../live";

export function HomePage() {
  const m = useMessages();
  const refresh = useRefreshProjects();
  useTitle(m.projects.title);
  useLive(null, { onChange: refresh, onGap: refresh });
  return (
    <ProjectsPage
      waiting={<Welcome />}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}

function Welcome() {
  const m = useMessages();
  const { data: me } = useMe();
  const key = useCreateApiKey();
  return (
    <WaitingForRuns
      serverUrl={me?.server.base_url || window.location.origin}
      apiKey={key.data?.secret ?? null}
      keyError={key.error?.message ?? null}
      isCreatingKey={key.isPending}
      onCreateKey={() => key.mutate(m.projects.keyName)}
    />
  );
}
