import { describe, expect, it } from "vitest";
import type { MetricKey } from "@/api/types";
import {
  buildSections,
  findPanels,
  isFoldedByDefault,
  PINNED,
  panelId,
  readKeySearch,
  withPinned,
} from "./sections";

const key = (name: string, change: Partial<MetricKey> = {}): MetricKey => ({
  name,
  kind: "number",
  x: null,
  hidden: false,
  better: null,
  ...change,
});
const keys = (...names: string[]) => names.map((name) => key(name));
const shape = (sections: ReturnType<typeof buildSections>) =>
  sections.map(({ id, panels }) => [id, panels.map((panel) => panel.key)]);

describe("buildSections", () => {
  it("groups by prefix: none, training, validation, the rest by name, system last and folded", () => {
    const history = keys("val/loss", "loss", "lr/10", "lr/2", "train/loss", "actor/kl", "test/f1");
    const sections = buildSections(history, keys("gpu.0.temp"));
    expect(shape(sections)).toEqual([
      ["*metrics", ["loss"]],
      ["train", ["train/loss"]],
      ["val", ["val/loss"]],
      ["test", ["test/f1"]],
      ["actor", ["actor/kl"]],
      ["lr", ["lr/2", "lr/10"]],
      ["*system", ["gpu.0.temp"]],
    ]);
    expect(sections.filter(isFoldedByDefault).map(({ id }) => id)).toEqual(["*system"]);
  });

  it("leaves out what is no curve or was hidden by the run", () => {
    const history = [key("image", { kind: "json" }), key("step", { hidden: true }), key("loss")];
    expect(shape(buildSections(history, []))).toEqual([["*metrics", ["loss"]]]);
  });

  it("keeps a user's section called system apart from ours, and no prefix can look like ours", () => {
    const sections = buildSections(keys("system/ram", "*pinned/x", "/odd"), keys("cpu"));
    expect(sections.map(({ id }) => id)).toEqual(["*metrics", "system", "*system"]);
  });

  it("takes twenty thousand keys and a thousand prefixes in its stride", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => key(`p${i % 1000}/k${i}`));
    const sections = buildSections(many, []);
    expect(sections).toHaveLength(1000);
    expect(sections[2]?.panels.slice(0, 2).map((panel) => panel.key)).toEqual([
      "p2/k2",
      "p2/k1002",
    ]);
  });
});

describe("withPinned", () => {
  const sections = buildSections(keys("loss", "val/loss"), keys("cpu"));

  it("puts pinned charts on top, in order of pinning, and leaves them where they are", () => {
    const [first, ...rest] = withPinned(sections, ["*cpu", "val/loss"]);
    expect(first?.id).toBe(PINNED);
    expect(first?.panels.map(panelId)).toEqual(["*cpu", "val/loss"]);
    expect(rest).toEqual(sections);
  });

  it("says nothing of pins whose charts are gone", () => {
    expect(withPinned(sections, ["absent"])).toEqual(sections);
  });
});

describe("the search for charts", () => {
  const sections = buildSections(keys("loss", "val/loss", "val/acc", "layer/1.weight"), []);
  const find = (text: string) => shape(findPanels(sections, readKeySearch(text).isWanted));

  it("finds a part of a key, whatever its case", () => {
    expect(find("LOSS")).toEqual([
      ["*metrics", ["loss"]],
      ["val", ["val/loss"]],
    ]);
    expect(find("1.w")).toEqual([["layer", ["layer/1.weight"]]]);
    expect(find("absent")).toEqual([]);
  });

  it("finds a pattern between slashes", () => {
    expect(find("/^val.(acc|f1)$/")).toEqual([["val", ["val/acc"]]]);
  });

  it("says what is wrong with a pattern and shows everything meanwhile", () => {
    expect(readKeySearch("/(/").error).toMatch(/unterminated group/i);
    expect(find("/(/")).toHaveLength(sections.length);
  });
});
