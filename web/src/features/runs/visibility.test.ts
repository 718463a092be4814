import { describe, expect, it } from "vitest";
import { someRun as run } from "./testing/runs";
import {
  chosenIds,
  formatVisibility,
  isSolo,
  MAX_CHOSEN,
  NUM_SHOWN_BY_DEFAULT,
  parseVisibility,
  setEyes,
  showOnly,
  toggleEye,
  type Visibility,
  visibleRuns,
} from "./visibility";

const runs = Array.from({ length: 50 }, (_, i) => run(`r${i}`));

function visibleIds(visibility: Visibility): Set<string> {
  const found = visibleRuns(runs, visibility, (id) => runs.find((one) => one.id === id));
  return new Set(found.map(({ id }) => id));
}

describe("what the charts draw", () => {
  it("is the first runs of the list by default", () => {
    const shown = visibleIds(parseVisibility({}));
    expect(shown.size).toBe(NUM_SHOWN_BY_DEFAULT);
    expect(shown.has("r0")).toBe(true);
    expect(shown.has("r49")).toBe(false);
  });

  it("follows the eyes, and leaves the URL clean where nothing is said", () => {
    const none = parseVisibility({});
    const off = toggleEye(none, "r1", true);
    expect(formatVisibility(off)).toEqual({ hide: "r1", show: undefined, only: undefined });
    expect(visibleIds(off).has("r1")).toBe(false);
    expect(formatVisibility(toggleEye(off, "r1", false))).toEqual(formatVisibility(none));
    const on = toggleEye(none, "r49", false);
    expect(visibleIds(on).has("r49")).toBe(true);
    expect(chosenIds(on)).toEqual(["r49"]);
  });

  it("keeps an explicit choice, the empty one too, through the URL", () => {
    const nothing = formatVisibility(showOnly([]));
    expect(visibleIds(parseVisibility(nothing)).size).toBe(0);
    const one = toggleEye(parseVisibility(nothing), "r7", false);
    expect([...visibleIds(one)]).toEqual(["r7"]);
    expect(isSolo(one, "r7")).toBe(true);
    expect(isSolo(toggleEye(one, "r8", false), "r7")).toBe(false);
  });

  it("switches many eyes at once", () => {
    const off = setEyes(parseVisibility({ show: "r30" }), ["r0", "r30"], false);
    expect(formatVisibility(off)).toMatchObject({ hide: "r0,r30", show: undefined });
    const less = setEyes(showOnly(["r1", "r2", "r3"]), ["r1", "r3"], false);
    expect(formatVisibility(less).only).toBe("r2");
  });

  it("names no more runs than an address can hold", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `r${i}`);
    expect(showOnly(many).only?.size).toBe(MAX_CHOSEN);
  });
});
