import { useNavigate, useSearch } from "@tanstack/react-router";
import { RegistryHome } from "@/features/registry/components/registry-home";
import { useWords } from "@/features/registry/words/use-words";
import { useSearchText } from "@/lib/use-search-text";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function RegistryHomePage() {
  const w = useWords();
  const navigate = useNavigate();
  const { q = "" } = useSearch({ from: "/signed-in/registry" });
  useTitle(w.title);
  const [search, setSearch] = useSearchText(
    q,
    (text) => void navigate({ to: ".", search: { q: text || undefined }, replace: true }),
  );
  return (
    <RegistryHome
      search={search}
      onSearch={setSearch}
      onCreated={({ organization, name }) =>
        void navigate({
          to: "/registry/$organization/$registry",
          params: { organization, registry: name },
        })
      }
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
