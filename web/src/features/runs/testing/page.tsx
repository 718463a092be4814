/** The least of a page around a part of it, for tests: words, toasts, a server that is a list. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { type Client, ClientContext } from "@/api/client";
import { httpClient } from "@/api/http";
import { ToastProvider } from "@/ui/toast";
import type { RunActions } from "../use-run-actions";
import type { RunListing } from "../use-run-list";
import type { RunsView, RunsViewVerbs } from "../view";
import { SHOW_FIRST } from "../visibility";
import { someRun } from "./runs";

/** happy-dom lays nothing out: what is virtual needs a size to have rows in sight. */
export function giveElementsASize(width: number, height: number): void {
  const size = {
    offsetWidth: width,
    offsetHeight: height,
    clientWidth: width,
    clientHeight: height,
  };
  for (const [name, value] of Object.entries(size)) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
  }
}

const client: Client = {
  ...httpClient,
  listColumns: async () => ({ columns: [], next_cursor: null, total: 0 }),
};

export function Page({ children }: { children: ReactNode }) {
  return (
    <ClientContext value={client}>
      <QueryClientProvider client={new QueryClient()}>
        <ToastProvider>{children}</ToastProvider>
      </QueryClientProvider>
    </ClientContext>
  );
}

export function someListing(count: number, change: Partial<RunListing> = {}): RunListing {
  const runs = Array.from({ length: count }, (_, i) =>
    someRun(`r${i}`, { display_name: `run-${i}`, tags: i === 0 ? ["old"] : [] }),
  );
  const drawn = runs.slice(0, 3);
  return {
    runs,
    numPinned: 0,
    visible: new Set(drawn.map(({ id }) => id)),
    drawn,
    dashes: new Map(),
    total: count,
    warnings: [],
    error: null,
    isOld: false,
    retry: vi.fn(),
    hasMore: false,
    loadMore: vi.fn(),
    ...change,
  };
}

export const PLAIN_VIEW: RunsView = {
  text: "",
  sort: [],
  columns: [],
  pins: [],
  visibility: SHOW_FIRST,
};

export function someVerbs() {
  return {
    onText: vi.fn<RunsViewVerbs["onText"]>(),
    onSort: vi.fn<RunsViewVerbs["onSort"]>(),
    onColumns: vi.fn<RunsViewVerbs["onColumns"]>(),
    onPin: vi.fn<RunsViewVerbs["onPin"]>(),
    onVisibility: vi.fn<RunsViewVerbs["onVisibility"]>(),
    onOpen: vi.fn<(run: { id: string }) => void>(),
    onCompare: vi.fn<(ids: readonly string[]) => void>(),
  };
}

export function someActions(): RunActions {
  return {
    rename: vi.fn(),
    setTags: vi.fn(),
    setNotes: vi.fn(),
    addTag: vi.fn(),
    removeTag: vi.fn(),
    setGroup: vi.fn(),
    stop: vi.fn(),
    remove: vi.fn(),
  };
}
