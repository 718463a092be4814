// @vitest-environment happy-dom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MediaItem, MediaKey, MediaValue } from "@/api/media";
import { type MediaAddress, MediaGallery } from "@/features/media/components/media-gallery";
import { renderApp } from "./render-app";

const REF = { entity: "lab", project: "digits", run: "r1" };

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

const STEPS: Record<string, number[]> = {
  "val/digits": [0, 10, 25],
  "val/tone": [5, 20],
  lost: [7],
};

const KEYS: MediaKey[] = [
  { key: "val/digits", kind: "image", num_values: 3, first_step: 0, last_step: 25 },
  { key: "val/tone", kind: "audio", num_values: 2, first_step: 5, last_step: 20 },
  { key: "lost", kind: "image", num_values: 1, first_step: 7, last_step: 7 },
];

function item(path: string, caption: string, isHere: boolean): MediaItem {
  return {
    path,
    file: isHere ? { name: path, size_bytes: 9, md5: null } : null,
    artifact_path: null,
    caption,
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

function valueAt(key: string, step: number, index: number): MediaValue {
  const kind = key === "val/tone" ? "audio" : "image";
  const items = [item(`${key}_${step}`, `${key} at ${step}`, key !== "lost")];
  const rest = { histogram: null, num_rows: null, num_columns: null, increment: null, raw: null };
  return { index, step, time: 0, media: { kind, type: kind, items, ...rest } };
}

function open(first: Partial<MediaAddress> = {}) {
  const onAddress = vi.fn();
  function Page() {
    const [address, setAddress] = useState<MediaAddress>({
      search: "",
      grouping: "prefix",
      step: null,
      isSynced: true,
      open: null,
      folded: new Set(),
      ...first,
    });
    return (
      <MediaGallery
        project={REF}
        isLive={false}
        address={address}
        onAddress={(change) => {
          onAddress(change);
          setAddress((old) => ({ ...old, ...change }));
        }}
        renderFileLink={(_, children) => children}
        renderError={(error) => <p role="alert">{error.message}</p>}
      />
    );
  }
  renderApp(<Page />, {
    listMedia: async () => ({ keys: KEYS }),
    fileUrl: (_ref, name) => `about:blank#${name}`,
    readMedia: async (_ref, keys, { fromStep }) => ({
      series: keys.map((key) => {
        const steps = STEPS[key] ?? [];
        const index = fromStep === undefined ? 0 : steps.indexOf(fromStep);
        const step = steps[index];
        const values = step === undefined ? [] : [valueAt(key, step, index)];
        return { key, values, total: steps.length, next_offset: null, steps };
      }),
    }),
  });
  return { user: userEvent.setup(), onAddress };
}

const panel = async (key: string) => within(await screen.findByRole("article", { name: key }));

describe("the media of a run", () => {
  it("stand in groups, each at its last step", async () => {
    open();
    expect(await screen.findByRole("button", { name: /No prefix 1 key/ })).toBeTruthy();
    expect(screen.getByRole("button", { name: /val 2 keys/ })).toBeTruthy();
    const digits = await panel("val/digits");
    expect(await digits.findByText("val/digits at 25")).toBeTruthy();
  });

  it("go from value to value by arrows, all keys together", async () => {
    const { user, onAddress } = open();
    const digits = await panel("val/digits");
    await digits.findByText("val/digits at 25");
    digits.getByRole("slider", { name: "Step of val/digits" }).focus();
    await user.keyboard("{ArrowLeft}");
    expect(onAddress).toHaveBeenLastCalledWith({ step: 10 });
    expect(await digits.findByText("val/digits at 10")).toBeTruthy();
    // There is nothing at 10 under this key: what was there before is still so.
    const tone = await panel("val/tone");
    expect(await tone.findByText("val/tone at 5")).toBeTruthy();
    expect(tone.getByText("nothing at 10")).toBeTruthy();
  });

  it("keep to themselves where people want that", async () => {
    const { user, onAddress } = open({ isSynced: false });
    const digits = await panel("val/digits");
    await digits.findByText("val/digits at 25");
    await user.click(digits.getByRole("button", { name: "Previous step" }));
    expect(await digits.findByText("val/digits at 10")).toBeTruthy();
    expect(onAddress).not.toHaveBeenCalled();
    expect(await (await panel("val/tone")).findByText("val/tone at 20")).toBeTruthy();
  });

  it("say which bytes have not come", async () => {
    open();
    const lost = await panel("lost");
    expect(await lost.findByText("Not here")).toBeTruthy();
    expect(lost.getByText(/lost_7/)).toBeTruthy();
  });

  it("are found by name, and fold away", async () => {
    const { user } = open({ search: "tone" });
    await panel("val/tone");
    expect(screen.queryByRole("article", { name: "val/digits" })).toBeNull();
    await user.clear(screen.getByRole("searchbox"));
    await panel("val/digits");
    await user.click(screen.getByRole("button", { name: /val 2 keys/ }));
    await waitFor(() => expect(screen.queryByRole("article", { name: "val/digits" })).toBeNull());
  });
});
