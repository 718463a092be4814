// @vitest-environment happy-dom
import { cleanup, configure, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MediaItem, MediaKind, MediaValue, ReadRunsMedia } from "@/api/media";
import { RunsMedia } from "@/features/media/components/runs-media";
import { renderApp } from "./render-app";

// A busy machine takes its time.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

/** Everything is in view: this document has no layout of its own. */
class AllInView {
  private readonly tell: IntersectionObserverCallback;
  constructor(tell: IntersectionObserverCallback) {
    this.tell = tell;
  }
  observe(target: Element) {
    const entry = { isIntersecting: true, target } as unknown as IntersectionObserverEntry;
    this.tell([entry], this as unknown as IntersectionObserver);
  }
  unobserve() {}
  disconnect() {}
}

beforeEach(() => vi.stubGlobal("IntersectionObserver", AllInView));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const REF = { entity: "lab", project: "digits" };
const COLOUR = { light: "#000000", dark: "#ffffff" };
const RUNS = ["brisk", "calm", "silent"].map((name) => ({
  id: name[0] ?? "",
  name,
  isRunning: false,
  colour: COLOUR,
}));
const STEPS: Record<string, number[]> = { b: [0, 10, 20], c: [10, 30] };

function item(path: string): MediaItem {
  return {
    path,
    file: { name: path, size_bytes: 9, md5: null },
    artifact_path: null,
    caption: null,
    format: null,
    width: 28,
    height: 28,
    size_bytes: 9,
    sha256: null,
    duration_s: null,
    sample_rate: null,
    grouping: null,
    boxes: [],
    masks: [],
  };
}

function valueAt(run: string, step: number, kind: MediaKind, count: number): MediaValue {
  const items = Array.from({ length: count }, (_, i) => item(`${run}_${step}_${i}.png`));
  const rest = { histogram: null, num_rows: null, num_columns: null, increment: null, raw: null };
  return { index: 0, step, time: 0, media: { kind, type: kind, items, ...rest } };
}

interface Logged {
  kind?: MediaKind;
  /** Of one value. */
  count?: number;
  /** Runs that logged something, shown or not. */
  numRuns?: number;
}

function open(
  { kind = "image", count = 1, numRuns = 2 }: Logged = {},
  first: number | null = null,
) {
  const asked: ReadRunsMedia[] = [];
  const onOpen = vi.fn();
  function Page() {
    const [step, setStep] = useState(first);
    return (
      <RunsMedia
        project={REF}
        mediaKey="sample"
        kind={kind}
        runs={RUNS}
        step={step}
        onStep={setStep}
        isLarge={false}
        onOpen={onOpen}
        renderRunLink={(run, words) => <a href={`/${run}`}>{words}</a>}
        renderFileLink={(_run, _path, words) => words}
      />
    );
  }
  renderApp(<Page />, {
    readMediaOfRuns: async (_ref, question) => {
      asked.push(question);
      const runs = question.runs.flatMap((run) => {
        const steps = STEPS[run];
        if (!steps) return [];
        const step = steps.findLast((each) => each <= (question.step ?? Number.POSITIVE_INFINITY));
        const value = step === undefined ? null : valueAt(run, step, kind, count);
        return [{ run, steps, total: steps.length, value }];
      });
      return { runs, num_runs: numRuns };
    },
  });
  return { asked, onOpen };
}

const pictures = () =>
  screen
    .queryAllByRole("img")
    .map((image) => /([bc]_\d+_\d+)\.png/.exec(image.getAttribute("src") ?? "")?.[1]);

describe("media of several runs", () => {
  it("stand beside each other at their last step, and say which where it is another", async () => {
    open();
    await screen.findByText("brisk");
    expect(pictures()).toEqual(["b_20_0", "c_30_0"]);
    expect(screen.getByText("Step 20")).toBeTruthy();
    expect(screen.queryByText("Step 30")).toBeNull();
    expect(screen.queryByText("silent")).toBeNull();
  });

  it("go to a step together, with what each had by then", async () => {
    const { asked } = open({}, 10);
    await waitFor(() => expect(pictures()).toEqual(["b_10_0", "c_10_0"]));
    await userEvent.click(screen.getByRole("button", { name: "Previous step" }));
    await screen.findByText("Nothing up to this step");
    expect(pictures()).toEqual(["b_0_0"]);
    // The step after is asked for beforehand.
    expect(asked.map(({ step }) => step)).toEqual(expect.arrayContaining([10, 0, 20]));
  });

  it("follow the runs again at the end", async () => {
    const { asked } = open({}, 20);
    await waitFor(() => expect(pictures()).toEqual(["b_20_0", "c_10_0"]));
    await userEvent.click(screen.getByRole("button", { name: "Next step" }));
    await waitFor(() => expect(pictures()).toEqual(["b_20_0", "c_30_0"]));
    expect(asked.at(-1)?.step).toBeNull();
  });

  it("with several pictures each are rows, in which each can be opened", async () => {
    const { onOpen } = open({ count: 3 });
    const row = (await screen.findByText("calm")).closest("li");
    if (!row) throw new Error("no row");
    const buttons = within(row).getAllByRole("button");
    expect(buttons).toHaveLength(3);
    await userEvent.click(buttons[1] ?? row);
    expect(onOpen.mock.lastCall).toEqual(["c", 30, 1]);
  });

  it("say how many runs there are besides", async () => {
    open({ numRuns: 57 });
    expect(await screen.findByText("2 of 57 runs")).toBeTruthy();
  });

  it("of other kinds are shown as they are on a run's page", async () => {
    open({ kind: "audio" });
    await screen.findByText("brisk");
    const sounds = [...document.querySelectorAll("audio")].map(({ src }) => src);
    expect(sounds).toHaveLength(2);
  });
});
