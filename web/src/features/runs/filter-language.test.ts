import { describe, expect, it } from "vitest";
import type { RunColumn } from "@/api/types";
import { fragmentAt, mistakeIn, suggestedKeys } from "./filter-language";

/** The text with `|` where the caret is, and what of it is the key that is being written. */
function fragment(marked: string) {
  const caret = marked.indexOf("|");
  const text = marked.replace("|", "");
  const found = fragmentAt(text, caret);
  return found && [text.slice(found.start, found.end), found.source, found.search];
}

describe("the key at the caret", () => {
  it.each([
    ["lo|", ["lo", null, "lo"]],
    ["config.l|", ["config.l", "config", "l"]],
    ["config.|", ["config.", "config", ""]],
    ['summary["val/l|"] < 1', ['summary["val/l"]', "summary", "val/l"]],
    ["(not l|", ["l", null, "l"]],
    ["config.a < 1 and l|", ["l", null, "l"]],
    ["min(history.l|", ["history.l", "history", "l"]],
    ["0.1 < config.l|", ["config.l", "config", "l"]],
    ['"x" in t|', ["t", null, "t"]],
    ["-7d < cre|", ["cre", null, "cre"]],
    ["val/l|", ["val/l", null, "val/l"]],
  ])("%s", (text, found) => expect(fragment(text)).toEqual(found));

  it.each([
    "|",
    "l|",
    "state == f|",
    'name ~ "lo|',
    "config.a |",
    "config.a < 1 an|",
    "brisk su|",
    "created > -7|",
  ])("none in %s", (text) => expect(fragment(text)).toBeNull());
});

describe("the suggested keys", () => {
  const column = (source: RunColumn["source"], path: string, num_runs: number): RunColumn => ({
    name: `${source}.${path}`,
    source,
    path,
    type: "number",
    num_runs,
  });
  const columns = [
    column("run", "notes", 9),
    column("config", "optimizer.lr", 9),
    column("config", "lr", 2),
    column("summary", "val/loss", 5),
    column("summary", "loss", 7),
    column("history", "val/loss", 5),
    column("history", "loss", 7),
  ];
  const suggested = (marked: string) => {
    const found = fragmentAt(marked.replace("|", ""), marked.indexOf("|"));
    return found && suggestedKeys(found, columns);
  };

  it("come in the order of likeliness", () => {
    expect(suggested("lo|")).toEqual([
      "summary.loss",
      'summary["val/loss"]',
      "min(history.loss)",
      "max(history.loss)",
      'min(history["val/loss"])',
      'max(history["val/loss"])',
    ]);
    expect(suggested("config.lr|")).toEqual(["config.lr", "config.optimizer.lr"]);
    expect(suggested("no|")).toEqual(["notes"]);
    expect(suggested("min(history.l|")).toEqual(["history.loss", 'history["val/loss"]']);
    expect(suggested("notes|")).toEqual([]);
  });
});

it("mistakes have a place", () => {
  expect(mistakeIn("config.lr < 1")).toBeNull();
  expect(mistakeIn("stat == 1")).toEqual({
    reason: "unknown run field stat; did you mean `state`?",
    start: 0,
    end: 4,
  });
});
