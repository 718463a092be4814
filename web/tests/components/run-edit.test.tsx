// @vitest-environment happy-dom
import { act, cleanup, configure, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { NameEditor } from "@/features/run/components/name-editor";
import { NotesEditor } from "@/features/run/components/notes-editor";
import { TagsEditor } from "@/features/run/components/tags-editor";
import { renderApp } from "./render-app";

// A busy machine takes its time.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

afterEach(cleanup);

describe("the name of a run", () => {
  function open() {
    const onRename = vi.fn();
    renderApp(<NameEditor name="brisk-sun-1" onRename={onRename} />, {});
    return onRename;
  }
  const edit = async (keys: string) => {
    await userEvent.click(screen.getByRole("button", { name: /rename/ }));
    await userEvent.keyboard(keys);
  };

  it("is typed over, and Enter keeps it", async () => {
    const onRename = open();
    await edit("calm-ice{Enter}");
    expect(onRename).toHaveBeenCalledExactlyOnceWith("calm-ice");
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it("stays where Escape, an empty name or the same one was typed", async () => {
    const onRename = open();
    await edit("other{Escape}");
    await edit("{Backspace}   {Enter}");
    await edit("brisk-sun-1{Enter}");
    expect(onRename).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: /brisk-sun-1/ })).toBeTruthy();
  });
});

describe("notes", () => {
  /** Notes of a server, which somebody else may change. */
  function open(first: string) {
    const onSave = vi.fn();
    let change = (_notes: string) => {};
    function Notes() {
      const [notes, setNotes] = useState(first);
      change = setNotes;
      return <NotesEditor notes={notes} onSave={onSave} />;
    }
    renderApp(<Notes />);
    return { onSave, change: (notes: string) => act(() => change(notes)) };
  }
  const begin = (keys: string) =>
    userEvent
      .click(screen.getByRole("button", { name: /^Edit the notes/ }))
      .then(() => userEvent.keyboard(keys));

  it("are saved on leaving the field", async () => {
    const { onSave } = open("old");
    await begin(" and new");
    await userEvent.click(document.body);
    expect(onSave).toHaveBeenCalledExactlyOnceWith("old and new");
  });

  it("are saved by Ctrl-Enter and left alone by Escape", async () => {
    const { onSave } = open("old");
    await begin("!{Control>}{Enter}{/Control}");
    expect(onSave).toHaveBeenCalledExactlyOnceWith("old!");
    await begin("?{Escape}");
    expect(onSave).toHaveBeenCalledTimes(1);
  });

  it("ask which to keep where somebody else changed them meanwhile", async () => {
    const { onSave, change } = open("old");
    await begin(" mine");
    change("theirs");
    await userEvent.click(document.body);
    expect(onSave).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain("theirs");
    await userEvent.click(screen.getByRole("button", { name: "Keep mine" }));
    expect(onSave).toHaveBeenCalledExactlyOnceWith("old mine");
  });

  it("keep the others' words where asked to", async () => {
    const { onSave, change } = open("old");
    await begin(" mine");
    change("theirs");
    await userEvent.click(document.body);
    await userEvent.click(screen.getByRole("button", { name: "Take theirs" }));
    expect(onSave).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: /^Edit the notes/ }).textContent).toBe(
      "Edit the notes: theirs",
    );
  });
});

describe("tags", () => {
  const run = (tags: string[]) => ({
    id: "r",
    entity: "lab",
    project: "digits",
    number: 1,
    display_name: "r",
    state: "finished" as const,
    created_at: "2026-11-22T10:00:00Z",
    heartbeat_at: "2026-11-22T10:00:00Z",
    finished_at: null,
    duration_s: 1,
    username: "ada",
    group: null,
    job_type: null,
    tags,
    num_rows: 0,
    last_step: null,
    seq: 1,
    archived: false,
  });

  function open(tags: string[]) {
    const onChange = vi.fn();
    const listRuns = async () => ({
      runs: [run(["baseline", "night"]), run(["night", "sweep-night"])],
      next_cursor: null,
      total: 2,
      seq: 1,
      deleted: [],
      warnings: [],
    });
    const project = { entity: "lab", project: "digits" };
    renderApp(<TagsEditor project={project} tags={tags} onChange={onChange} />, { listRuns });
    return onChange;
  }

  it("are removed one by one", async () => {
    const onChange = open(["a", "b"]);
    await userEvent.click(screen.getByRole("button", { name: "Remove a" }));
    expect(onChange).toHaveBeenCalledExactlyOnceWith(["b"]);
  });

  it("are offered from the project, the most used first, without those that are there", async () => {
    const onChange = open(["baseline"]);
    await userEvent.click(screen.getByRole("button", { name: "Add" }));
    await waitFor(() =>
      expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual([
        "night",
        "sweep-night",
      ]),
    );
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(onChange).toHaveBeenCalledExactlyOnceWith(["baseline", "sweep-night"]);
  });

  it("are added as typed; one that is there already is not added twice", async () => {
    const onChange = open(["a"]);
    await userEvent.click(screen.getByRole("button", { name: "Add" }));
    await userEvent.keyboard("a{Enter}new one,");
    expect(onChange).toHaveBeenCalledExactlyOnceWith(["a", "new one"]);
  });
});
