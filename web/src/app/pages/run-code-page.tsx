/** The run's source: saved files, uncommitted changes, packages. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CodeBrowser } from "@/features/code/components/code-browser";
import { ErrorView } from "../error-view";
import { useFramedRun } from "./run-context";

export function RunCodePage() {
  const { ref } = useFramedRun();
  const navigate = useNavigate();
  const { _splat: path = "" } = useParams({ strict: false });
  const { q } = useSearch({ strict: false });
  return (
    <CodeBrowser
      project={ref}
      path={path}
      search={q ?? ""}
      onSearch={(text) =>
        void navigate({
          to: ".",
          search: (old) => ({ ...old, q: text === "" ? undefined : text }),
          replace: true,
        })
      }
      onOpen={(file) =>
        void navigate({
          to: "/$entity/$project/runs/$run/code/$",
          params: { ...ref, _splat: file },
          search: {},
        })
      }
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
