// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { listShortcuts, type Shortcuts, showKey, useShortcuts } from "@/lib/keyboard";

afterEach(cleanup);

function Keys(props: { shortcuts: Shortcuts; heading?: string; scope?: "page" | "dialog" }) {
  useShortcuts(props.shortcuts, { heading: props.heading, scope: props.scope ?? "page" });
  return (
    <>
      <input aria-label="field" />
      <div role="dialog" aria-label="dialog">
        <button type="button">in the dialog</button>
      </div>
    </>
  );
}

describe("keys", () => {
  it("act on the page, not while typing nor behind a dialog", async () => {
    const run = vi.fn();
    render(<Keys shortcuts={{ j: { does: "next", run } }} />);
    await userEvent.keyboard("j");
    expect(run).toHaveBeenCalledTimes(1);
    await userEvent.type(screen.getByLabelText("field"), "j");
    expect(run).toHaveBeenCalledTimes(1);
    screen.getByRole("button").focus();
    await userEvent.keyboard("j");
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("of a dialog act in the dialog", async () => {
    const run = vi.fn();
    render(<Keys scope="dialog" shortcuts={{ ArrowRight: { does: "next", run } }} />);
    screen.getByRole("button").focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("with Ctrl act while typing; without it they are the browser's", async () => {
    const run = vi.fn();
    const plain = vi.fn();
    render(
      <Keys shortcuts={{ "Mod+k": { does: "find", run }, k: { does: "previous", run: plain } }} />,
    );
    await userEvent.type(screen.getByLabelText("field"), "{Control>}k{/Control}");
    expect(run).toHaveBeenCalledTimes(1);
    expect(plain).not.toHaveBeenCalled();
  });

  it("are listed as long as they are there, those of everywhere first", () => {
    const run = () => undefined;
    const { unmount } = render(
      <>
        <Keys heading="Runs" shortcuts={{ "j ArrowDown": { does: "next run", run } }} />
        <Keys shortcuts={{ "?": { does: "this list", run } }} />
      </>,
    );
    expect(listShortcuts()).toEqual([
      { heading: undefined, rows: [{ keys: ["?"], does: "this list" }] },
      { heading: "Runs", rows: [{ keys: ["j", "↓"], does: "next run" }] },
    ]);
    unmount();
    expect(listShortcuts()).toEqual([]);
  });
});

it.each([
  ["Mod+k", true, "⌘K"],
  ["Mod+k", false, "Ctrl K"],
  ["Z", false, "⇧Z"],
  ["Escape", false, "Esc"],
  ["1", false, "1"],
])("%s is read as %s", (key, isMac, shown) => {
  expect(showKey(key, isMac)).toBe(shown);
});
