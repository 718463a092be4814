// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ProblemError } from "@/api/problem";
import {
  giveElementsASize,
  Page,
  PLAIN_VIEW,
  someActions,
  someListing,
  someVerbs,
} from "../testing/page";
import { formatVisibility } from "../visibility";
import { RunList, type RunListProps } from "./run-list";

beforeAll(() => giveElementsASize(400, 140));
afterEach(cleanup);

function show(change: Partial<RunListProps> = {}) {
  const verbs = someVerbs();
  const actions = someActions();
  const props: RunListProps = {
    ...verbs,
    project: { entity: "lab", project: "digits" },
    listing: someListing(6),
    view: PLAIN_VIEW,
    actions,
    onHighlight: vi.fn(),
    onTable: vi.fn(),
    onFold: vi.fn(),
    ...change,
  };
  render(
    <Page>
      <RunList {...props} />
    </Page>,
  );
  return { verbs, actions, user: userEvent.setup() };
}

const row = (name: string) => within(screen.getByText(name).closest("li") ?? document.body);
const lastVisibility = ({ onVisibility }: ReturnType<typeof someVerbs>) => {
  const next = onVisibility.mock.lastCall?.[0];
  return next && formatVisibility(next);
};

describe("the list of runs", () => {
  it("shows the runs with their eyes, and how many the charts draw", () => {
    show();
    expect(row("run-0").getByRole("button", { name: "Hide run-0 from charts" })).toBeTruthy();
    expect(row("run-3").getByRole("button", { name: "Show run-3 in charts" })).toBeTruthy();
    expect(screen.getByText("3 of 6 shown")).toBeTruthy();
  });

  it("switches an eye, and shows one run alone with Alt", async () => {
    const { verbs } = show();
    const eye = row("run-1").getByRole("button", { name: "Hide run-1 from charts" });
    fireEvent.click(eye);
    expect(lastVisibility(verbs)).toMatchObject({ hide: "r1" });
    fireEvent.click(eye, { altKey: true });
    expect(lastVisibility(verbs)).toMatchObject({ only: "r1" });
  });

  it("is walked and used by keys", async () => {
    const { verbs, user } = show();
    await user.keyboard("jjv");
    expect(lastVisibility(verbs)).toMatchObject({ hide: "r1" });
    await user.keyboard("p");
    expect(verbs.onPin).toHaveBeenLastCalledWith("r1");
    await user.keyboard("ko");
    expect(verbs.onOpen.mock.lastCall?.[0].id).toBe("r0");
    await user.keyboard("s");
    expect(lastVisibility(verbs)).toMatchObject({ only: "r0" });
    await user.keyboard("/");
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
  });

  it("selects a range and does something with all of it", async () => {
    const { verbs, actions, user } = show();
    await user.click(row("run-1").getByRole("checkbox"));
    fireEvent.click(row("run-3").getByRole("checkbox"), { shiftKey: true });
    expect(screen.getByRole("status").textContent).toBe("3 selected");
    await user.click(screen.getByRole("button", { name: "Compare" }));
    expect(verbs.onCompare).toHaveBeenCalledWith(["r1", "r2", "r3"]);
    await user.click(screen.getByRole("button", { name: "Show only these" }));
    expect(lastVisibility(verbs)).toMatchObject({ only: "r1,r2,r3" });
    await user.click(screen.getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    expect(vi.mocked(actions.remove).mock.lastCall?.[0].map(({ id }) => id)).toEqual([
      "r1",
      "r2",
      "r3",
    ]);
    expect(screen.getByText("3 of 6 shown")).toBeTruthy();
  });

  it("has a menu for each run, which renames it in place", async () => {
    const { actions, user } = show();
    await user.click(row("run-2").getByRole("button", { name: "Menu of run-2" }));
    await user.click(await screen.findByRole("menuitem", { name: /Rename/ }));
    const field = await screen.findByRole("textbox", { name: "Rename" });
    await user.clear(field);
    await user.type(field, "better{Enter}");
    expect(vi.mocked(actions.rename).mock.lastCall).toEqual([
      expect.objectContaining({ id: "r2" }),
      "better",
    ]);
  });

  it("sorts by a head, and says by which it is sorted", async () => {
    const view = { ...PLAIN_VIEW, sort: [{ key: "summary.loss", isDescending: false }] };
    const { verbs, user } = show({ view });
    expect(screen.getByRole("button", { name: "loss, low to high" })).toBeTruthy();
    await user.click(screen.getByTitle("summary.loss"));
    expect(verbs.onSort).toHaveBeenCalledWith([{ key: "summary.loss", isDescending: true }]);
  });

  it("keeps its rows while a condition cannot be read, and shows the place", () => {
    const said = "Expected a value after <, found the end\n  config.lr <\n             ^";
    const error = new ProblemError({ status: 400, code: "bad-filter", title: "", detail: said });
    const view = { ...PLAIN_VIEW, text: "config.lr <" };
    show({ listing: someListing(3, { error }), view });
    expect(screen.getByRole("alert").textContent).toContain("Expected a value after <");
    expect(screen.getByText("run-2")).toBeTruthy();
  });

  it("says that nothing was found, and how to see all again", async () => {
    const { verbs, user } = show({
      listing: someListing(0),
      view: { ...PLAIN_VIEW, text: "zzz" },
    });
    expect(screen.getByText("No run matches “zzz”.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Clear the search" }));
    expect(verbs.onText).toHaveBeenCalledWith("");
  });

  it("mounts a screenful of ten thousand", () => {
    show({ listing: someListing(10_000) });
    expect(screen.getAllByTestId("run-row").length).toBeLessThan(60);
    expect(screen.getByText("10,000")).toBeTruthy();
  });
});
