/** Draws a part of the interface with everything it expects around it, and a server that is told what to answer. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { type Client, ClientContext } from "@/api/client";
import { httpClient } from "@/api/http";
import { MessagesProvider } from "@/lib/i18n";
import { useCatalogue } from "@/lib/language";
import { ToastProvider } from "@/ui/toast";

function Around({ client, children }: { client: Client; children: ReactNode }) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return (
    <MessagesProvider catalogue={useCatalogue()}>
      <ClientContext value={client}>
        <QueryClientProvider client={queries}>
          <ToastProvider>{children}</ToastProvider>
        </QueryClientProvider>
      </ClientContext>
    </MessagesProvider>
  );
}

/** What is not answered here would be asked over HTTP, and there is no network in these tests. */
export function renderApp(ui: ReactNode, answers: Partial<Client> = {}) {
  return render(<Around client={{ ...httpClient, ...answers }}>{ui}</Around>);
}
