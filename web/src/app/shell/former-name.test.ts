import { expect, test } from "vitest";
import { withName } from "./former-name";

test("the project's name is replaced, and nothing else", () => {
  expect(withName("/ada/old/runs/old", "ada", "old", "new one")).toBe("/ada/new%20one/runs/old");
  expect(withName("/ada/a%20b", "ada", "a b", "c")).toBe("/ada/c");
});

test("a page that was left meanwhile stays as it is", () => {
  expect(withName("/ada/other", "ada", "old", "new")).toBeNull();
  expect(withName("/settings", "ada", "old", "new")).toBeNull();
});
