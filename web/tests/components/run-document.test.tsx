// @vitest-environment happy-dom
import { cleanup, configure, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ReadDocument } from "@/api/runs";
import { RunDocument } from "@/features/run/components/run-document";
import { renderApp } from "./render-app";

// A busy machine takes its time.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

afterEach(cleanup);

const REF = { entity: "ada", project: "digits", run: "r" };

/** A server with a summary of so many values, which gives some of them at a time. */
function open(size: number) {
  const names = Array.from({ length: size }, (_, i) => `key_${String(i).padStart(6, "0")}`);
  const asked: ReadDocument[] = [];
  renderApp(<RunDocument runRef={REF} seq={1} which="summary" />, {
    readDocument: async (_ref, _which, query) => {
      asked.push(query);
      const found = names.filter((name) => name.includes(query.search ?? ""));
      const first = query.cursor ? found.indexOf(query.cursor) + 1 : 0;
      const page = found.slice(first, first + (query.limit ?? size));
      return {
        values: Object.fromEntries(page.map((name) => [name, 1])),
        total: names.length,
        num_found: found.length,
        num_before: first,
        next_cursor: first + page.length < found.length ? (page.at(-1) ?? null) : null,
      };
    },
  });
  return asked;
}

const rows = () => screen.queryAllByRole("listitem").map(({ textContent }) => textContent);

describe("a run's summary", () => {
  it("of a hundred thousand values comes in part, and says how much there is", async () => {
    const asked = open(100_000);
    await screen.findByText("100,000");
    expect(rows()).toHaveLength(60);
    expect(screen.getByText("99,940 more; search them, or see the overview.")).toBeTruthy();
    expect(asked).toEqual([{ search: "", limit: 60, cursor: undefined }]);
  });

  it("is searched where it lies when it is long", async () => {
    const asked = open(100_000);
    await screen.findByText("100,000");
    await userEvent.type(screen.getByRole("searchbox"), "key_07777");
    await waitFor(() => expect(rows()).toHaveLength(10));
    expect(rows()[0]).toBe("key_0777701");
    expect(asked.at(-1)?.search).toBe("key_07777");
    expect(screen.queryByText(/more; search them/)).toBeNull();
  });

  it("says where a search finds nothing", async () => {
    open(1000);
    await screen.findByText("1,000");
    await userEvent.type(screen.getByRole("searchbox"), "absent");
    expect(await screen.findByText("Nothing matches.")).toBeTruthy();
  });

  it("is searched as it is here when it is short", async () => {
    const asked = open(30);
    await waitFor(() => expect(rows()).toHaveLength(30));
    await userEvent.type(screen.getByRole("searchbox"), "key_000007");
    expect(rows()).toEqual(["key_0000071"]);
    expect(asked).toHaveLength(1);
  });
});
