import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { RegistryView } from "@/features/registry/components/registry-view";
import { readTab } from "@/features/registry/model";
import { useWords } from "@/features/registry/words/use-words";
import { useSearchText } from "@/lib/use-search-text";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

const ROUTE = "/signed-in/registry/$organization/$registry";

export function RegistryPage() {
  const w = useWords();
  const navigate = useNavigate();
  const ref = useParams({ from: ROUTE });
  const { q = "", tab } = useSearch({ from: ROUTE });
  useTitle(ref.registry, w.title);
  const [search, setSearch] = useSearchText(
    q,
    (text) =>
      void navigate({
        to: ".",
        search: (old) => ({ ...old, q: text || undefined }),
        replace: true,
      }),
  );
  return (
    <RegistryView
      key={`${ref.organization}/${ref.registry}`}
      registryRef={ref}
      tab={readTab(tab)}
      search={search}
      onSearch={setSearch}
      onTab={(next) =>
        void navigate({ to: ".", search: { tab: next === "collections" ? undefined : next } })
      }
      onRenamed={(name) =>
        void navigate({
          to: "/registry/$organization/$registry",
          params: { organization: ref.organization, registry: name },
          search: (old) => old,
          replace: true,
        })
      }
      onDeleted={() => void navigate({ to: "/registry" })}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
