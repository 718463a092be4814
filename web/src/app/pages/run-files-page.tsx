/** Files saved with the run, and what is in them. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { FilesView } from "@/features/files/components/files-view";
import { TablePanel } from "@/features/media/components/table-panel";
import { useSearchText } from "@/lib/use-search-text";
import { ErrorView } from "../error-view";
import { useFramedRun } from "./run-context";

export function RunFilesPage() {
  const { ref } = useFramedRun();
  const navigate = useNavigate();
  const { _splat: path = "" } = useParams({ strict: false });
  const { q, view } = useSearch({ strict: false });
  const [search, setSearch] = useSearchText(q ?? "", (text) => {
    void navigate({
      to: ".",
      search: (old) => ({ ...old, q: text === "" ? undefined : text }),
      replace: true,
    });
  });
  const renderError = (error: Error, retry: () => void) => (
    <ErrorView error={error} onRetry={retry} />
  );
  return (
    <FilesView
      project={ref}
      path={path}
      onOpen={(file) =>
        void navigate({
          to: "/$entity/$project/runs/$run/files/$",
          params: { ...ref, _splat: file },
          search: { q: search === "" ? undefined : search },
        })
      }
      search={search}
      onSearch={setSearch}
      view={view}
      onView={(next) =>
        void navigate({ to: ".", search: (old) => ({ ...old, view: next }), replace: true })
      }
      renderTable={(file) => (
        <TablePanel project={ref} path={file} version={null} renderError={renderError} />
      )}
      renderError={renderError}
    />
  );
}
