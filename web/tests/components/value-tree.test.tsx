// @vitest-environment happy-dom
import { cleanup, configure, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ValueTree } from "@/features/run/components/value-tree";
import { renderApp } from "./render-app";

// A busy machine takes its time.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

afterEach(cleanup);

const document_ = {
  lr: 0.0001234567,
  loss: { $float: "NaN" },
  model: { name: "vit", depth: 12 },
  prompt: "word ".repeat(40),
  a: 1,
  b: 2,
};

const open = (document: Record<string, unknown> = document_) =>
  renderApp(<ValueTree title="Config" document={document} emptyText="Nothing yet." />, {});

const rows = () => screen.getAllByRole("listitem").map(({ textContent }) => textContent);

describe("a value tree", () => {
  it("shows values short and tells them in full", () => {
    open();
    expect(rows()).toContain("lr1.235e−4");
    expect(rows()).toContain("lossNaN");
    expect(screen.getByTitle("0.0001234567")).toBeTruthy();
  });

  it("folds branches", async () => {
    open();
    await userEvent.click(screen.getByRole("button", { name: /^model/ }));
    expect(rows().some((row) => row?.startsWith("name"))).toBe(false);
  });

  it("finds with its branches what is searched, and says where nothing is found", async () => {
    open();
    await userEvent.type(screen.getByRole("searchbox"), "vit");
    expect(rows()).toEqual(["model2", "namevit"]);
    await userEvent.type(screen.getByRole("searchbox"), "zzz");
    expect(screen.getByText("Nothing matches.")).toBeTruthy();
  });

  it("unfolds a long text on a click", async () => {
    open();
    const text = screen.getByRole("button", { name: /^word word/ });
    expect(text.getAttribute("aria-expanded")).toBe("false");
    await userEvent.click(text);
    expect(text.getAttribute("aria-expanded")).toBe("true");
  });

  it("copies values and paths", async () => {
    const user = userEvent.setup();
    const write = vi.spyOn(navigator.clipboard, "writeText");
    open({ model: { depth: [1, { $float: "Infinity" }] } });
    await user.click(screen.getByRole("button", { name: "Copy the path: model.depth" }));
    await user.click(screen.getByRole("button", { name: "Copy the value: model.depth" }));
    expect(write.mock.calls).toEqual([["model.depth"], ["[1, Infinity]"]]);
  });

  it("says what is missing", () => {
    open({});
    expect(screen.getByText("Nothing yet.")).toBeTruthy();
  });
});
