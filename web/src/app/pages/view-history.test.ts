import { describe, expect, it } from "vitest";
import { type Past, redo, remember, undo } from "./view-history";

const NOTHING: Past<string> = { before: [], after: [], at: 0 };

describe("the history of a view", () => {
  it("goes back and forth, and forgets what was undone once something else is done", () => {
    let past = remember(NOTHING, "a", 10_000);
    past = remember(past, "b", 20_000);
    const first = undo(past, "c");
    expect(first?.state).toBe("b");
    const second = first && undo(first.past, first.state);
    expect(second?.state).toBe("a");
    expect(second && undo(second.past, second.state)).toBeNull();
    const third = second && redo(second.past, second.state);
    expect(third?.state).toBe("b");
    expect(third && redo(remember(third.past, "b", 30_000), "d")).toBeNull();
  });

  it("takes a slider on its way for one change", () => {
    let past = NOTHING;
    for (let i = 0; i < 20; i++) past = remember(past, `at ${i}`, 1000 + 50 * i);
    expect(past.before).toEqual(["at 0"]);
  });
});
