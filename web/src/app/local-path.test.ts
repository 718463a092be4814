import { expect, it } from "vitest";
import { localPath } from "./local-path";

it.each([
  [undefined, "/"],
  ["/lab/digits?q=a#b", "/lab/digits?q=a#b"],
  ["https://evil.example/", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["javascript:alert(1)", "/"],
])("%s goes to %s", (next, path) => {
  expect(localPath(next)).toBe(path);
});
