import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Client, ClientContext } from "@/api/client";
import { isTransient, isUnauthenticated } from "@/api/problem";
import { SeriesBatcher } from "@/api/series-batcher";
import { SeriesStore } from "@/api/series-store";
import { PointerBus, PointerBusContext } from "@/charts/pointer-bus";
import { ME } from "@/features/auth/queries";
import { SeriesStoreContext } from "@/features/workspace/queries";
import { MessagesProvider } from "@/lib/i18n";
import { useCatalogue } from "@/lib/language";
import { ToastProvider } from "@/ui/toast";

export function Providers({ client, children }: { client: Client; children: ReactNode }) {
  const [queries] = useState(createQueryClient);
  const [store] = useState(
    () =>
      new SeriesStore(new SeriesBatcher((requests, signal) => client.loadSeries(requests, signal))),
  );
  const [bus] = useState(() => new PointerBus());
  return (
    <MessagesProvider catalogue={useCatalogue()}>
      <ClientContext value={client}>
        <QueryClientProvider client={queries}>
          <SeriesStoreContext value={store}>
            <PointerBusContext value={bus}>
              {/* The server's policy refuses inline style elements; nothing here needs them. */}
              <CSPProvider disableStyleElements>
                <ToastProvider>{children}</ToastProvider>
              </CSPProvider>
            </PointerBusContext>
          </SeriesStoreContext>
        </QueryClientProvider>
      </ClientContext>
    </MessagesProvider>
  );
}

function createQueryClient(): QueryClient {
  const queries = new QueryClient({
    queryCache: new QueryCache({
      // A session that ended shows everywhere at once; asking who is signed in brings the form.
      onError: (error, { queryKey }) => {
        const isAskingWho = queryKey[0] === ME[0];
        if (isUnauthenticated(error) && !isAskingWho) {
          void queries.invalidateQueries({ queryKey: ME });
        }
      },
    }),
    defaultOptions: {
      queries: {
        // Live events say when something changed; looking again on every focus is noise.
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && isTransient(error),
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
    },
  });
  return queries;
}
