import { useMe } from "@/features/auth/queries";
import { ServerStorageView } from "@/features/storage/server-storage";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function StoragePage() {
  const m = useMessages();
  useTitle(m.places.storage);
  const { data: me } = useMe();
  if (!me) return null;
  return (
    <ServerStorageView
      isAdmin={me.user.is_admin}
      entities={me.entities.map(({ name }) => name)}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
