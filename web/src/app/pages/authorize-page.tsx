/** Where `wandb login` sends people: a new API key, and the ones there are. */
import { ApiKeysPage } from "@/features/auth/api-keys-page";
import { useMe } from "@/features/auth/queries";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function AuthorizePage() {
  const m = useMessages();
  const { data: me } = useMe();
  useTitle(m.apiKeys.title);
  return (
    <ApiKeysPage
      username={me?.user.username}
      serverUrl={me?.server.base_url || window.location.origin}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
