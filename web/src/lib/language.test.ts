import { expect, it } from "vitest";
import { pickLanguage } from "./language";

it.each([
  [null, ["ko-KR", "en"], "ko"],
  [null, ["fr-FR", "zh-CN", "en"], "zh"],
  [null, ["fr"], "en"],
  [null, [], "en"],
  ["en", ["ko-KR"], "en"],
  ["zh", ["ko-KR"], "zh"],
  ["klingon", ["ko"], "ko"],
])("who chose %s and wishes %j reads %s", (choice, wishes, language) => {
  expect(pickLanguage(choice, wishes)).toBe(language);
});
