import { describe, expect, it } from "vitest";
import { findOptions, markedParts, matchLetters, type Option } from "./model";

const option = (label: string, more: Partial<Option> = {}): Option => ({
  id: label,
  kind: "run",
  label,
  does: { href: `/${label}` },
  ...more,
});

const marked = (word: string, text: string) =>
  matchLetters(word, text)
    ?.marks.map((at) => text[at])
    .join("");

const ranked = (query: string, ...labels: string[]) =>
  findOptions([{ name: "runs", options: labels.map((label) => option(label)) }], query).flatMap(
    ({ found }) => found.map((one) => one.option.label),
  );

describe("letters in order", () => {
  it.each([
    ["trlo", "train/loss", [0, 1, 6, 7]],
    ["loss", "slow loss", [5, 6, 7, 8]],
    ["ab", "axxab", [3, 4]],
    ["bs", "brisk-sun", [0, 6]],
  ])("%s in %s", (word, text, marks) => {
    expect(matchLetters(word, text)?.marks).toEqual(marks);
    expect(marked(word, text)).toBe(word);
  });

  it("are missing, or in another order", () => {
    expect(matchLetters("ba", "ab")).toBeNull();
    expect(matchLetters("abc", "ab")).toBeNull();
  });
});

describe("finding", () => {
  it("puts word starts before letters from the middle, and short names before long ones", () => {
    expect(ranked("sun", "brisk-sun-12", "sun", "resourceful undo")).toEqual([
      "sun",
      "brisk-sun-12",
      "resourceful undo",
    ]);
  });

  it("wants every word, in any order, also in what tells options apart", () => {
    const found = findOptions(
      [{ name: "runs", options: [option("baseline", { detail: "lab/digits" }), option("base")] }],
      "digits base",
    );
    expect(found.flatMap((group) => group.found.map((one) => one.option.id))).toEqual(["baseline"]);
  });

  it("keeps the given order without a query, and names nothing twice", () => {
    const groups = findOptions(
      [
        { name: "recent", options: [option("b"), option("a")] },
        { name: "runs", options: [option("a"), option("c")] },
      ],
      "",
    );
    expect(groups.map(({ name, found }) => [name, found.map((one) => one.option.id)])).toEqual([
      ["recent", ["b", "a"]],
      ["runs", ["c"]],
    ]);
  });

  it("finds Korean, Chinese and capital letters", () => {
    expect(ranked("실행", "새 실행 12", "프로젝트")).toEqual(["새 실행 12"]);
    expect(ranked("运行", "新运行")).toEqual(["新运行"]);
    expect(ranked("RES", "ResNet")).toEqual(["ResNet"]);
  });

  it("takes less than a frame for hundreds of long names", () => {
    const options = Array.from({ length: 500 }, (_, i) =>
      option(`experiment-${i}/${"a-long-name-".repeat(8)}${i}`),
    );
    // The best of several: other processes may take the processor meanwhile.
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      findOptions([{ name: "runs", options }], "exp lon 7");
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(16);
  });
});

it("cuts labels where marks begin and end", () => {
  expect(markedParts("abcd", [1, 2]).map(({ text, isMarked }) => [text, isMarked])).toEqual([
    ["a", false],
    ["bc", true],
    ["d", false],
  ]);
});
