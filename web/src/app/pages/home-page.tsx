import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useCreateApiKey, useMe } from "@/features/auth/queries";
import { useRefreshRecentRuns } from "@/features/home/queries";
import { RecentRuns } from "@/features/home/recent-runs";
import { WaitingForRuns } from "@/features/projects/components/waiting-for-runs";
import { readSort } from "@/features/projects/model";
import { ProjectsPage } from "@/features/projects/projects-page";
import { useProjects, useRefreshProjects } from "@/features/projects/queries";
import { TrashLink } from "@/features/trash/trash-link";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";
import { useLive } from "../live";
import { PanelBoundary } from "../panel-boundary";

export function HomePage() {
  const m = useMessages();
  const navigate = useNavigate();
  const { q = "", sort } = useSearch({ from: "/signed-in/" });
  const { data: me } = useMe();
  const refreshProjects = useRefreshProjects();
  const refreshRecent = useRefreshRecentRuns();
  const refresh = () => Promise.all([refreshProjects(), refreshRecent()]);
  useTitle(m.projects.title);
  useFirstArrival();
  useLive(null, { onChange: refresh, onGap: () => void refresh() });

  const update = (change: { q?: string | undefined; sort?: string | undefined }) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...change }), replace: true });
  return (
    <ProjectsPage
      search={q}
      sort={readSort(sort)}
      onSearch={(text) => update({ q: text || undefined })}
      onSort={(by) => update({ sort: by === "activity" ? undefined : by })}
      entities={me?.entities.map(({ name }) => name) ?? []}
      onCreated={({ entity, name }) =>
        void navigate({ to: "/$entity/$project", params: { entity, project: name } })
      }
      waiting={<Welcome />}
      aside={
        <>
          <PanelBoundary>
            <RecentRuns />
          </PanelBoundary>
          <TrashLink />
        </>
      }
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

/** Where somebody waits for the first run, the page turns into its project when it arrives. */
function useFirstArrival(): void {
  const navigate = useNavigate();
  const { data: projects } = useProjects();
  const [wasEmpty, setWasEmpty] = useState(false);
  if (projects?.length === 0 && !wasEmpty) setWasEmpty(true);
  const first = wasEmpty ? projects?.find(({ num_runs }) => num_runs > 0) : undefined;
  const { entity, name: project } = first ?? {};
  useEffect(() => {
    if (entity === undefined || project === undefined) return;
    void navigate({ to: "/$entity/$project", params: { entity, project } });
  }, [navigate, entity, project]);
}
