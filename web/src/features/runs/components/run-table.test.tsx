// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { parseColumns } from "../columns";
import {
  giveElementsASize,
  Page,
  PLAIN_VIEW,
  someActions,
  someListing,
  someVerbs,
} from "../testing/page";
import { RunsTableView, type RunsTableViewProps } from "./runs-table-view";

beforeAll(() => giveElementsASize(900, 140));
afterEach(cleanup);

function show(change: Partial<RunsTableViewProps> = {}) {
  const verbs = someVerbs();
  const actions = someActions();
  render(
    <Page>
      <RunsTableView
        {...verbs}
        project={{ entity: "lab", project: "digits" }}
        listing={someListing(6)}
        view={{ ...PLAIN_VIEW, columns: parseColumns("state,tags,notes") }}
        actions={actions}
        tools={null}
        {...change}
      />
    </Page>,
  );
  const table = screen.getByRole("grid", { name: "Table of runs" });
  return { verbs, actions, table, user: userEvent.setup() };
}

const row = (name: string) => {
  const found = screen.getByText(name).closest<HTMLElement>("[role=row]");
  if (!found) throw new Error(`no row of ${name}`);
  return found;
};
const active = (table: HTMLElement) =>
  document.getElementById(table.getAttribute("aria-activedescendant") ?? "")?.dataset.column;

describe("the table of runs", () => {
  it("has a head for each column, and the values below", () => {
    show();
    const heads = screen.getAllByRole("columnheader").map(({ textContent }) => textContent);
    expect(heads).toEqual(["", "Name", "State", "Tags", "Notes"]);
    expect(within(row("run-0")).getByText("Finished")).toBeTruthy();
    expect(within(row("run-0")).getByText("old")).toBeTruthy();
  });

  it("moves as a spreadsheet does, opens and selects", async () => {
    const { table, verbs, user } = show();
    table.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowRight}");
    expect(active(table)).toBe("state");
    await user.keyboard("{End}");
    expect(active(table)).toBe("notes");
    await user.keyboard("{Enter}");
    expect(verbs.onOpen.mock.lastCall?.[0].id).toBe("r1");
    await user.keyboard(" ");
    fireEvent.keyDown(table, { key: "ArrowDown", shiftKey: true });
    expect(screen.getByRole("status").textContent).toBe("2 selected");
    expect(row("run-2").getAttribute("aria-selected")).toBe("true");
  });

  it("copies a cell, or the selected runs between tabs", async () => {
    const { table, user } = show();
    const write = vi.spyOn(navigator.clipboard, "writeText");
    table.focus();
    await user.keyboard("{ArrowDown}{Control>}c{/Control}");
    expect(write).toHaveBeenLastCalledWith("run-0");
    await user.keyboard(" {Control>}c{/Control}");
    expect(write).toHaveBeenLastCalledWith("name\tstate\ttags\tnotes\nrun-0\tfinished\told\t");
  });

  it("edits where a cell stands", async () => {
    const { actions, user } = show();
    const cell = row("run-1").querySelector("[data-column=notes]");
    if (!cell) throw new Error("no cell");
    await user.dblClick(cell);
    await user.keyboard("looks good{Enter}");
    expect(vi.mocked(actions.setNotes).mock.lastCall).toEqual([
      expect.objectContaining({ id: "r1" }),
      "looks good",
    ]);
    await user.dblClick(cell);
    await user.keyboard("nonsense{Escape}");
    expect(actions.setNotes).toHaveBeenCalledTimes(1);
  });

  it("sorts by a head, and by one more with Shift", async () => {
    const { verbs } = show({
      view: {
        ...PLAIN_VIEW,
        columns: parseColumns("state"),
        sort: [{ key: "state", isDescending: true }],
      },
    });
    expect(screen.getByRole("columnheader", { name: /State/ }).getAttribute("aria-sort")).toBe(
      "descending",
    );
    fireEvent.click(screen.getByRole("button", { name: "Name" }), { shiftKey: true });
    expect(verbs.onSort).toHaveBeenCalledWith([
      { key: "state", isDescending: true },
      { key: "name", isDescending: false },
    ]);
  });

  it("pins and hides columns by their menu", async () => {
    const { verbs, user } = show();
    await user.click(screen.getByRole("button", { name: "Menu of the column Tags" }));
    await user.click(await screen.findByRole("menuitem", { name: "Hide" }));
    expect(verbs.onColumns.mock.lastCall?.[0].map(({ key }) => key)).toEqual(["state", "notes"]);
    await user.click(screen.getByRole("button", { name: "Menu of the column Tags" }));
    await user.click(await screen.findByRole("menuitem", { name: "Pin to the left" }));
    expect(verbs.onColumns.mock.lastCall?.[0].find(({ key }) => key === "tags")?.isPinned).toBe(
      true,
    );
  });

  it("mounts the cells in sight of a hundred thousand rows and a thousand columns", () => {
    const columns = parseColumns(Array.from({ length: 1000 }, (_, i) => `config.k${i}`).join(","));
    show({
      listing: someListing(1000, { total: 100_000, hasMore: true }),
      view: { ...PLAIN_VIEW, columns },
    });
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("100001");
    expect(screen.getAllByRole("gridcell").length).toBeLessThan(500);
    expect(screen.getByText("1,000 of 100,000 loaded")).toBeTruthy();
  });
});
