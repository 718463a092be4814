import { expect, test } from "vitest";
import { languageOf, loadLanguage } from "./languages";

test("a file's name tells its language", () => {
  expect(languageOf("code/train.py")).toBe("python");
  expect(languageOf("config.YAML")).toBe("yaml");
  expect(languageOf("docker/Dockerfile")).toBe("docker");
  expect(languageOf("Dockerfile.gpu")).toBe("docker");
  expect(languageOf("diff.patch")).toBe("diff");
  expect(languageOf("output.log")).toBeNull();
});

test("grammars load", async () => {
  for (const language of ["python", "cpp", "shell", "html"] as const) {
    expect(await loadLanguage(language)).toBeDefined();
  }
});
