// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Client, ClientContext } from "@/api/client";
import { httpClient } from "@/api/http";
import type { ListRuns } from "@/api/runs";
import type { RunPage } from "@/api/types";
import type { RunQuestion } from "./model";
import { useRefreshRuns } from "./queries";
import { somePage, someRun } from "./testing/runs";
import { useRunList } from "./use-run-list";
import { parseVisibility } from "./visibility";

afterEach(cleanup);

const REF = { entity: "lab", project: "digits" };
const NEWEST: RunQuestion = { search: "", filter: "", sort: "", columns: [] };

/** The list as it is on a page, and what live events call. */
function follow(
  answer: (query: ListRuns) => RunPage,
  question = NEWEST,
  pins: string[] = [],
  only?: string,
) {
  const listRuns = vi.fn(async (_: unknown, query: ListRuns) => structuredClone(answer(query)));
  const client: Client = { ...httpClient, listRuns };
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ClientContext value={client}>
      <QueryClientProvider client={cache}>{children}</QueryClientProvider>
    </ClientContext>
  );
  const visibility = parseVisibility({ only });
  const { result } = renderHook(
    () => ({
      list: useRunList(REF, question, pins, visibility),
      refresh: useRefreshRuns(REF),
    }),
    { wrapper },
  );
  const ids = () => result.current.list.runs?.map(({ id }) => id).join(" ");
  return { result, ids, listRuns };
}

const LATER = "2026-11-22T12:00:00Z";

describe("a list that follows its project", () => {
  it("gets only what changed, new runs on top, deleted ones out", async () => {
    const { result, ids, listRuns } = follow(({ sinceSeq }) =>
      sinceSeq === undefined
        ? somePage([someRun("b"), someRun("a")], { seq: 5 })
        : somePage([someRun("new", { created_at: LATER })], { seq: 9, total: 2, deleted: ["a"] }),
    );
    await waitFor(() => expect(ids()).toBe("b a"));
    await act(() => result.current.refresh());
    await waitFor(() => expect(ids()).toBe("new b"));
    expect(listRuns.mock.calls.map(([, query]) => query.sinceSeq)).toEqual([undefined, 5]);
  });

  it("asks for a sorted one anew, and calmly", async () => {
    let isMoved = false;
    const { result, ids, listRuns } = follow(
      ({ sinceSeq }) => {
        if (sinceSeq !== undefined) return somePage([someRun("a", { seq: 7 })], { seq: 7 });
        const order = isMoved ? ["a", "b"] : ["b", "a"];
        return somePage(order.map((id) => someRun(id)));
      },
      { ...NEWEST, sort: "-summary.loss" },
    );
    await waitFor(() => expect(ids()).toBe("b a"));
    isMoved = true;
    await act(() => result.current.refresh());
    await waitFor(() => expect(ids()).toBe("a b"));
    const asked = () => listRuns.mock.calls.filter(([, query]) => query.sort).length;
    const before = asked();
    await act(() => result.current.refresh());
    expect(asked()).toBe(before);
  });

  it("finds runs that a link names beyond what is loaded, under the same filter", async () => {
    const { result, ids, listRuns } = follow(
      ({ ids: named, filter }) => {
        if (named && named.length > 0) return somePage(named.map((id) => someRun(id)));
        if (filter?.includes("id in")) return somePage([someRun("far")]);
        return somePage([someRun("a")]);
      },
      { ...NEWEST, filter: "config.lr < 1" },
      ["old"],
      "a,far,gone",
    );
    await waitFor(() => expect(ids()).toBe("old a"));
    await waitFor(() =>
      expect(result.current.list.drawn.map(({ id }) => id)).toEqual(["a", "far"]),
    );
    const filters = listRuns.mock.calls.map(([, query]) => query.filter);
    expect(filters).toContain('(config.lr < 1) and id in ["far", "gone"]');
  });
});
