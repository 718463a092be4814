// @vitest-environment happy-dom
import { cleanup, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Client } from "@/api/client";
import { Palette, type PaletteProps } from "@/features/palette/components/palette";
import type { Option } from "@/features/palette/model";
import { renderApp } from "./render-app";

afterEach(cleanup);

const option = (label: string, more: Partial<Option> = {}): Option => ({
  id: label,
  kind: "page",
  label,
  does: { href: `/${label}` },
  ...more,
});

const found = {
  projects: [{ entity: "lab", name: "digits", match: "exact" as const }],
  runs: [
    {
      entity: "lab",
      project: "digits",
      id: "r1",
      number: 1,
      display_name: "brisk-digits-1",
      state: "running" as const,
      tags: [],
      match: "word_prefix" as const,
    },
  ],
};

function open(props: Partial<PaletteProps> = {}, answers: Partial<Client> = {}) {
  const onGo = vi.fn();
  const onClose = vi.fn();
  renderApp(
    <Palette isOpen onClose={onClose} recent={[]} here={[]} actions={[]} onGo={onGo} {...props} />,
    { search: async () => found, ...answers },
  );
  return { onGo, onClose, field: screen.getByRole("combobox") };
}

const options = () => screen.getAllByRole("option").map((element) => element.textContent);
const selected = () => screen.getByRole("option", { selected: true }).textContent;

describe("the palette", () => {
  it("offers where one was and where one is before anything is typed", () => {
    open({ recent: [option("old-run")], here: [option("Table")], actions: [option("Sign out")] });
    expect(options()).toEqual(["old-run", "Table", "Sign out"]);
    expect(screen.getByRole("group", { name: "Recent" }).textContent).toContain("old-run");
  });

  it("finds projects and runs on the server, says how many, and marks what was asked for", async () => {
    const { field } = open();
    await userEvent.type(field, "dig");
    await vi.waitFor(() => {
      expect(options()).toEqual(["digits, lab", "brisk-digits-1, lab/digits"]);
    });
    const [first] = screen.getAllByRole("option");
    expect(first?.querySelector("mark")?.textContent).toBe("dig");
    expect(await screen.findByText("2 results")).toBeTruthy();
  });

  it("goes by arrows and Enter, around both ends", async () => {
    const { field, onGo, onClose } = open({ here: [option("a"), option("b"), option("c")] });
    expect(selected()).toBe("a");
    await userEvent.type(field, "{ArrowDown}");
    expect(selected()).toBe("b");
    expect(field.getAttribute("aria-activedescendant")).toBe(
      screen.getByRole("option", { selected: true }).id,
    );
    await userEvent.type(field, "{ArrowUp}{ArrowUp}");
    expect(selected()).toBe("c");
    await userEvent.type(field, "{Enter}");
    expect(onGo).toHaveBeenCalledWith("/c", false);
    expect(onClose).toHaveBeenCalled();
  });

  it("opens a tab of its own with Ctrl and Enter, and stays", async () => {
    const { field, onGo, onClose } = open({ here: [option("a")] });
    await userEvent.type(field, "{Control>}{Enter}{/Control}");
    expect(onGo).toHaveBeenCalledWith("/a", true);
    expect(onClose).not.toHaveBeenCalled();
  });

  it("does what an action says, and closes", async () => {
    const run = vi.fn();
    const { onClose } = open({ actions: [option("Sign out", { kind: "action", does: { run } })] });
    await userEvent.click(screen.getByRole("option", { name: "Sign out" }));
    expect(run).toHaveBeenCalledOnce();
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("closes with Escape", async () => {
    const { field, onClose } = open({ here: [option("a")] });
    await userEvent.type(field, "{Escape}");
    expect(onClose).toHaveBeenCalled();
  });

  it("says when nothing is found, and when nobody answers", async () => {
    const { field } = open({}, { search: async () => ({ projects: [], runs: [] }) });
    await userEvent.type(field, "zzz");
    expect(await screen.findByText("Nothing found.")).toBeTruthy();
    cleanup();
    const silent = open({ here: [option("zebra")] }, { search: () => Promise.reject(new Error()) });
    await userEvent.type(silent.field, "z");
    expect(await screen.findByText(/cannot be searched/)).toBeTruthy();
    // What is known without the server can still be gone to.
    expect(within(screen.getByRole("listbox")).getByText("ebra")).toBeTruthy();
  });
});
