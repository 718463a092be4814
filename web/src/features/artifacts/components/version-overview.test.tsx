// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ClientContext } from "@/api/client";
import { httpClient } from "@/api/http";
import { ToastProvider } from "@/ui/toast";
import { someVersion } from "../testing/artifacts";
import { VersionOverview } from "./version-overview";

const version = someVersion(3, { aliases: ["best", "latest"], tags: ["clean"] });
const changeVersion = vi.fn(async () => version);

function show() {
  render(
    <ClientContext value={{ ...httpClient, changeVersion }}>
      <QueryClientProvider client={new QueryClient()}>
        <ToastProvider>
          <VersionOverview version={version} renderMetadata={() => "metadata"} />
        </ToastProvider>
      </QueryClientProvider>
    </ClientContext>,
  );
}

const saved = (change: object) =>
  waitFor(() =>
    expect(changeVersion).toHaveBeenLastCalledWith(
      expect.objectContaining({ collection: "digits", version: "v3" }),
      change,
    ),
  );

afterEach(() => {
  cleanup();
  changeVersion.mockClear();
});

it("adds an alias, and takes it back", async () => {
  show();
  fireEvent.click(screen.getByRole("button", { name: "New alias" }));
  const field = screen.getByRole("textbox", { name: "New alias" });
  fireEvent.change(field, { target: { value: " prod " } });
  fireEvent.keyDown(field, { key: "Enter" });
  await saved({ add_aliases: ["prod"] });
  fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await saved({ remove_aliases: ["prod"] });
});

it("takes off every alias but the one that moves by itself", async () => {
  show();
  expect(screen.queryByRole("button", { name: "Remove latest" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Remove best" }));
  await saved({ remove_aliases: ["best"] });
});

it("keeps what is there when nothing new is typed", async () => {
  show();
  fireEvent.click(screen.getByRole("button", { name: "New tag" }));
  const field = screen.getByRole("textbox", { name: "New tag" });
  fireEvent.change(field, { target: { value: "clean" } });
  fireEvent.blur(field);
  expect(changeVersion).not.toHaveBeenCalled();
});

it("saves a description on leaving it; Escape leaves it as it was", async () => {
  show();
  fireEvent.click(screen.getByRole("button", { name: /Edit the description/ }));
  let field = screen.getByRole("textbox", { name: "Description" });
  fireEvent.change(field, { target: { value: "nothing" } });
  fireEvent.keyDown(field, { key: "Escape" });
  fireEvent.click(screen.getByRole("button", { name: /Edit the description/ }));
  field = screen.getByRole("textbox", { name: "Description" });
  fireEvent.change(field, { target: { value: "drawn" } });
  fireEvent.blur(field);
  await saved({ description: "drawn" });
  expect(changeVersion).toHaveBeenCalledTimes(1);
});
