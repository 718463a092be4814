// @vitest-environment happy-dom
import { cleanup, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunFile } from "@/api/files";
import { ProblemError } from "@/api/problem";
import { FilesView } from "@/features/files/components/files-view";
import { renderApp } from "./render-app";

const REF = { entity: "lab", project: "digits", run: "r1" };

beforeEach(() => {
  // A box with room for all rows: this document has no layout of its own.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(2000);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(28);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function file(name: string, preview: RunFile["preview"], size_bytes = 10): RunFile {
  return {
    name,
    size_bytes,
    mime_type: "application/octet-stream",
    md5: "0123",
    updated_at: "2026-11-22T10:00:00Z",
    preview,
    language: null,
  };
}

const FILES = [
  file("media/a.json", "json"),
  file("media/page.html", "html"),
  file("model.bin", "none"),
  file("notes.txt", "text", 5_000_000),
];

const CONTENTS: Record<string, Uint8Array> = {
  "media/a.json": new TextEncoder().encode('{"loss": NaN, "list": [1, 2]}'),
  "model.bin": new Uint8Array([0, 1, 2, 0]),
};

function open(path = "", files: RunFile[] = FILES) {
  const deleteFile = vi.fn(async () => undefined);
  const onOpen = vi.fn();
  function Page() {
    const [shown, setShown] = useState(path);
    const [search, setSearch] = useState("");
    const [view, setView] = useState<string>();
    return (
      <FilesView
        project={REF}
        path={shown}
        onOpen={(next) => {
          onOpen(next);
          setShown(next);
        }}
        search={search}
        onSearch={setSearch}
        view={view}
        onView={setView}
        renderTable={() => null}
        renderError={(error) => <p role="alert">{error.message}</p>}
      />
    );
  }
  renderApp(<Page />, {
    listFiles: async () => ({ files, next_after: null, total: files.length }),
    readFile: async (_, name) => {
      const bytes = CONTENTS[name];
      if (!bytes) {
        throw new ProblemError({ status: 404, code: "gone", title: "Gone", detail: "No bytes." });
      }
      return { bytes, sizeBytes: bytes.length };
    },
    fileUrl: (_ref, _name, use) => `about:blank#${use}`,
    deleteFile,
  });
  return { user: userEvent.setup(), onOpen, deleteFile };
}

const names = () => screen.getAllByRole("treeitem").map((row) => row.textContent ?? "");

describe("the files of a run", () => {
  it("are walked and opened by keyboard", async () => {
    const { user, onOpen } = open();
    const tree = await screen.findByRole("tree", { name: "Files of the run" });
    await waitFor(() => expect(names()).toHaveLength(5));
    tree.focus();
    await user.keyboard("{ArrowDown}{ArrowLeft}");
    expect(names()).toHaveLength(3);
    await user.keyboard("{ArrowRight}{ArrowDown}{Enter}");
    expect(onOpen).toHaveBeenLastCalledWith("media/a.json");
  });

  it("are found by a part of their name", async () => {
    const { user } = open();
    await user.type(await screen.findByRole("searchbox"), "HTML");
    await waitFor(() => expect(names()).toHaveLength(2));
    expect(screen.getByText("1 of 4 files")).toBeTruthy();
  });

  it("show JSON as a tree, with numbers that JSON lacks", async () => {
    open("media/a.json");
    expect(await screen.findByText("NaN")).toBeTruthy();
    expect(screen.getByRole("radio", { name: "Tree" })).toHaveProperty("checked", true);
  });

  it("put pages into a sandbox that may run scripts, and nothing else", async () => {
    open("media/page.html");
    await screen.findByText(/Shown in a sandbox/);
    const frame = document.querySelector("iframe");
    expect(frame?.getAttribute("sandbox")).toBe("allow-scripts");
    expect(frame?.getAttribute("src")).toBe("about:blank#sandbox");
  });

  it("give the facts of what cannot be shown", async () => {
    open("model.bin");
    expect(await screen.findByText("This kind of file cannot be shown here")).toBeTruthy();
    expect(screen.getByText("0123")).toBeTruthy();
  });

  it("say in place when bytes are gone, and leave the tree alone", async () => {
    open("notes.txt");
    expect((await screen.findByRole("alert")).textContent).toBe("No bytes.");
    expect(names()).toHaveLength(5);
  });

  it("are deleted after a question", async () => {
    const { user, deleteFile, onOpen } = open("model.bin");
    await user.click(await screen.findByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    expect(deleteFile).not.toHaveBeenCalled();
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    expect(deleteFile).toHaveBeenCalledWith(REF, "model.bin");
    await waitFor(() => expect(onOpen).toHaveBeenLastCalledWith(""));
  });

  it("of a run without any: what would be here", async () => {
    open("", []);
    expect(await screen.findByText("No files yet")).toBeTruthy();
  });
});
