// @vitest-environment happy-dom
import { cleanup, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { type ComponentProps, useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunRef } from "@/api/client";
import type { RunEnvironment } from "@/api/environment";
import { ProblemError } from "@/api/problem";
import type { RunDetail } from "@/api/types";
import { CompareView } from "@/features/compare/components/compare-view";
import type { RunAddress } from "@/features/compare/refs";
import { renderApp } from "./render-app";

const PLACE = { entity: "lab", project: "digits" };

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

function run(id: string, config: object, summary: object): RunDetail {
  return {
    ...PLACE,
    id,
    number: 1,
    display_name: `run ${id}`,
    state: "finished",
    created_at: "2026-11-22T10:00:00Z",
    heartbeat_at: "2026-11-22T10:00:00Z",
    finished_at: "2026-11-22T10:01:00Z",
    duration_s: 60,
    username: "ada",
    group: null,
    job_type: null,
    tags: [],
    num_rows: 10,
    last_step: 9,
    seq: 1,
    archived: false,
    notes: "",
    host: null,
    program: null,
    git: null,
    config: { ...config },
    summary: { ...summary },
    exit_code: 0,
    sweep: null,
  };
}

const RUNS: Record<string, RunDetail> = {
  a: run("a", { lr: 0.001, seed: 1 }, { loss: 0.5 }),
  b: run("b", { lr: 0.003, seed: 1 }, { loss: 0.4 }),
  again: { ...run("again", { lr: 0.002, seed: 1 }, { loss: 0.3 }), display_name: "run a" },
};

const NOTHING: RunEnvironment = {
  processes: [],
  git: null,
  packages: [],
  client: null,
  code_files: [],
  diffs: [],
  has_diff: false,
};

const answers = {
  getRun: async ({ run: id }: RunRef) => {
    const found = RUNS[id];
    if (!found) {
      throw new ProblemError({ status: 404, code: "not-found", title: "Not found", detail: "" });
    }
    return found;
  },
  getEnvironment: async () => NOTHING,
  listKeys: async () => [
    {
      name: "loss",
      kind: "number" as const,
      x: null,
      hidden: false,
      better: "lower" as const,
    },
  ],
};

type Props = ComponentProps<typeof CompareView>;

function open(ids: string[], onRuns = vi.fn()) {
  function Page() {
    const [runs, setRuns] = useState<readonly RunAddress[]>(
      ids.map((id) => ({ ...PLACE, run: id })),
    );
    const [only, setOnly] = useState(true);
    const [search, setSearch] = useState("");
    const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
    const [view, setView] = useState<Props["view"]>("values");
    return (
      <CompareView
        place={PLACE}
        runs={runs}
        onRuns={(next) => {
          onRuns(next.map(({ run: id }) => id));
          setRuns(next);
        }}
        baseline={undefined}
        onBaseline={() => {}}
        onlyDifferences={only}
        onOnlyDifferences={setOnly}
        search={search}
        onSearch={setSearch}
        folded={folded}
        onFolded={setFolded}
        view={view}
        onView={setView}
        renderRunLink={(_, children) => <a href="/">{children}</a>}
        renderError={(error) => <p role="alert">{error.message}</p>}
      />
    );
  }
  renderApp(<Page />, answers);
  return { user: userEvent.setup(), onRuns };
}

const rowOf = async (key: string) => {
  const row = (await screen.findByRole("rowheader", { name: key })).closest("[role=row]");
  if (!(row instanceof HTMLElement)) throw new Error(`There is no row of ${key}.`);
  return within(row);
};

describe("runs side by side", () => {
  it("tells runs of one name apart by their ids", async () => {
    open(["a", "again"]);
    const heads = await screen.findAllByRole("columnheader", { name: /run a/ });
    expect(heads.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/Baselinea$/),
      expect.stringMatching(/again$/),
    ]);
  });

  it("show what differs, and all of it when asked", async () => {
    const { user } = open(["a", "b"]);
    const lr = await rowOf("lr");
    expect(lr.getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["0.001", "0.003"]);
    expect(screen.queryByRole("rowheader", { name: "seed" })).toBeNull();
    await user.click(screen.getByRole("switch", { name: "Differences only" }));
    expect(await screen.findByRole("rowheader", { name: "seed" })).toBeTruthy();
  });

  it("set results beside the baseline's, and say which is better where that is known", async () => {
    open(["a", "b"]);
    const loss = await rowOf("loss");
    const change = await loss.findByText(/^−20\s%$/);
    await vi.waitFor(() => expect(change.dataset.better).toBe("true"));
    const lr = await rowOf("lr");
    expect(lr.queryByText(/%/)).toBeNull();
  });

  it("keep the others where one has vanished", async () => {
    open(["a", "b", "gone"]);
    expect(await screen.findByText("not found")).toBeTruthy();
    expect(await screen.findByRole("rowheader", { name: "lr" })).toBeTruthy();
    expect(screen.queryByRole("rowheader", { name: "seed" })).toBeNull();
  });

  it("are taken away and moved by their menu", async () => {
    const { user, onRuns } = open(["a", "b"]);
    await user.click(await screen.findByRole("button", { name: "Actions for run b" }));
    await user.click(await screen.findByRole("menuitem", { name: "Move left" }));
    expect(onRuns).toHaveBeenLastCalledWith(["b", "a"]);
    await user.click(await screen.findByRole("button", { name: "Actions for run a" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    expect(onRuns).toHaveBeenLastCalledWith(["b"]);
    expect(await screen.findByText("Add a second run")).toBeTruthy();
  });

  it("say when nothing differs, and what to do when none is picked", async () => {
    open(["a", "a2"]);
    RUNS.a2 = { ...run("a2", { lr: 0.001, seed: 1 }, { loss: 0.5 }) };
    expect(await screen.findByText("Nothing differs")).toBeTruthy();
    cleanup();
    open([]);
    expect(await screen.findByText("Pick runs to compare")).toBeTruthy();
  });
});
