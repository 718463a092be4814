// @vitest-environment happy-dom
import { cleanup, configure, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConsoleLine, ConsoleMatches, ConsoleWindow, ConsoleWriter } from "@/api/types";
import type { ConsoleAddress } from "@/features/console/address";
import { ConsoleView } from "@/features/console/components/console-view";
import { renderApp } from "./render-app";

// A busy machine takes its time.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

const NOWHERE: ConsoleAddress = {
  line: undefined,
  text: "",
  isPattern: false,
  isCaseSensitive: false,
  isMatchesOnly: false,
  isErrorOnly: false,
  writer: undefined,
};
const REF = { entity: "lab", project: "digits", run: "r1" };

beforeEach(() => {
  // A box of 40 lines: this document has no layout of its own.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(720);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1000);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

interface Output {
  texts: string[];
  writers?: ConsoleWriter[];
}

/** A server with some output, and a page whose address is kept. */
function open({ texts, writers }: Output, first: Partial<ConsoleAddress> = {}, isLive = false) {
  const line = (position: number): ConsoleLine => ({
    position,
    writer: writers?.[position % writers.length]?.writer ?? "",
    number: position,
    text: texts[position] ?? "",
    at: null,
    level: (texts[position] ?? "").startsWith("E") ? "error" : null,
    label: null,
  });
  const alone = { writer: "", label: null, num_lines: texts.length };
  const readConsole = vi.fn(
    async (_ref: unknown, { start, limit }: { start: number; limit: number }) => {
      const next = Math.min(start + limit, texts.length);
      return {
        lines: Array.from({ length: Math.max(0, next - start) }, (_, i) => line(start + i)),
        start,
        next,
        total: texts.length,
        writers: writers ?? (texts.length === 0 ? [] : [alone]),
        cursor: "",
      } satisfies ConsoleWindow;
    },
  );
  const searchConsole = vi.fn(
    async (
      _ref: unknown,
      asked: { text: string; isErrorOnly: boolean; after: number; limit: number },
    ): Promise<ConsoleMatches> => {
      const found = texts.flatMap((text, i) =>
        i >= asked.after && text.includes(asked.text) && (!asked.isErrorOnly || text[0] === "E")
          ? [{ line: line(i), spans: [] }]
          : [],
      );
      return { matches: found, next: null, total: found.length, num_positions: texts.length };
    },
  );
  const onAddress = vi.fn();
  function Page() {
    const [address, setAddress] = useState({ ...NOWHERE, ...first });
    return (
      <ConsoleView
        runRef={REF}
        seq={1}
        isLive={isLive}
        startedAt={0}
        address={address}
        onAddress={(change) => {
          onAddress(change);
          setAddress((old) => ({ ...old, ...change }));
        }}
        hrefOf={(text) => `?line=${text}`}
        renderError={(error) => <p role="alert">{error.message}</p>}
      />
    );
  }
  renderApp(<Page />, { readConsole, searchConsole });
  return { onAddress, readConsole };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => `line number ${i + 1}`);

describe("a console", () => {
  it("opens at its end, whatever its length, and asks for what is there alone", async () => {
    const { readConsole } = open({ texts: many(100_000) });
    await screen.findByText("line number 100000");
    expect(screen.queryByText("line number 1")).toBeNull();
    const starts = readConsole.mock.calls.map(([, { start }]) => start);
    expect(Math.min(...starts.filter((start) => start > 0))).toBeGreaterThan(99_000);
  });

  it("opens at the line of a link, marked", async () => {
    open({ texts: many(5000) }, { line: "120-121" });
    const row = (await screen.findByText("line number 120")).closest("[data-line]");
    expect(row?.className).toContain("selected");
    expect(screen.getByText("line number 121").closest("[data-line]")?.className).toContain(
      "selected",
    );
    expect(screen.getByText("line number 122").closest("[data-line]")?.className).not.toContain(
      "selected",
    );
  });

  it("puts a line into the address by its number, and a range by shift", async () => {
    const { onAddress } = open({ texts: many(30) });
    const user = userEvent.setup();
    await user.click(await screen.findByRole("link", { name: "Line 4" }));
    expect(onAddress).toHaveBeenLastCalledWith({ line: "4" });
    await user.keyboard("{Shift>}");
    await user.click(screen.getByRole("link", { name: "Line 9" }));
    expect(onAddress).toHaveBeenLastCalledWith({ line: "4-9" });
  });

  it("keeps colours, and shows of a progress bar its last state", async () => {
    open({ texts: ["\u001b[31mred\u001b[0m", "10%\r50%\r100%"] });
    expect((await screen.findByText("red")).style.color).not.toBe("");
    expect(screen.getByText("100%")).toBeTruthy();
    expect(screen.queryByText(/50%/)).toBeNull();
  });

  it("marks what is searched and counts the lines", async () => {
    open({ texts: ["loss 1", "acc 2", "loss 3"] }, { text: "loss" });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("1 of 2"));
    expect(screen.getAllByText("loss").map(({ tagName }) => tagName)).toEqual(["MARK", "MARK"]);
    await userEvent.click(screen.getByRole("button", { name: /^Next match/ }));
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("2 of 2"));
  });

  it("shows the first match of what is typed, though it is far from what is on the screen", async () => {
    const texts = many(3000).map((text, i) => (i === 700 || i === 900 ? "needle" : text));
    open({ texts });
    await userEvent.type(await screen.findByRole("searchbox"), "needle{Enter}");
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("1 of 2"));
    expect(await screen.findByRole("link", { name: "Line 701" })).toBeTruthy();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("2 of 2"));
    expect(await screen.findByRole("link", { name: "Line 901" })).toBeTruthy();
  });

  it("opens a link to a line on that line, whatever is searched", async () => {
    const texts = many(3000).map((text, i) => (i === 700 ? "needle" : text));
    open({ texts }, { text: "needle", line: "2000" });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("1 matching"));
    expect(await screen.findByRole("link", { name: "Line 2,000" })).toBeTruthy();
  });

  it("shows only what matches, or only the error stream, with the numbers they have", async () => {
    open({ texts: ["a", "Error: out of memory", "b"] });
    await screen.findByText("a");
    await userEvent.click(screen.getByRole("button", { name: "Only stderr" }));
    await waitFor(() => expect(screen.queryByText("a")).toBeNull());
    expect(screen.getByRole("link", { name: "Line 2" })).toBeTruthy();
  });

  it("tells processes apart and lets one be chosen", async () => {
    const writers = ["0", "1"].map((rank) => ({
      writer: `w${rank}`,
      label: `rank-${rank}`,
      num_lines: 2,
    }));
    open({ texts: many(4), writers });
    await screen.findByText("line number 4");
    expect(screen.getAllByText("rank-1")).toHaveLength(2);
    expect(screen.getByRole("button", { name: /^Process: / })).toBeTruthy();
  });

  it("cuts a line of a megabyte and shows it whole on request", async () => {
    open({ texts: ["x".repeat(1_000_000)] });
    await userEvent.click(
      await screen.findByRole("button", { name: "Show all 1,000,000 characters" }),
    );
    expect(screen.getByRole("dialog").querySelector("pre")?.textContent).toHaveLength(1_000_000);
  });

  it("says why there is nothing", async () => {
    open({ texts: [] });
    expect(await screen.findByText("No console output")).toBeTruthy();
    cleanup();
    open({ texts: [] }, {}, true);
    expect(await screen.findByText("No output yet")).toBeTruthy();
  });
});
