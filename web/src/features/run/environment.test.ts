import { describe, expect, it } from "vitest";
import type { RunEnvironment } from "@/api/environment";
import { exitMeaning } from "./exit-code";
import { commitUrl, repositoryOf } from "./remote";
import { reproduceLines } from "./reproduce";

describe("repositoryOf", () => {
  it.each([
    ["https://github.com/lab/digits.git", "https://github.com/lab/digits"],
    ["https://user:secret@github.com/lab/digits", "https://github.com/lab/digits"],
    ["git@github.com:lab/digits.git", "https://github.com/lab/digits"],
    ["ssh://git@gitlab.lab.org:2222/a/b/c.git", "https://gitlab.lab.org/a/b/c"],
    ["/srv/git/digits.git", null],
    ["git@host:digits.git", null],
    ["https://github.com/lab/<script>", null],
    ["javascript:alert(1)", null],
    [null, null],
  ])("%s is %s", (remote, url) => {
    expect(repositoryOf(remote)?.url ?? null).toBe(url);
  });

  it("knows the page of a commit", () => {
    const page = (url: string) => commitUrl({ name: "", url }, "abc");
    expect(page("https://github.com/a/b")).toBe("https://github.com/a/b/commit/abc");
    expect(page("https://gitlab.com/a/b")).toBe("https://gitlab.com/a/b/-/commit/abc");
    expect(page("https://bitbucket.org/a/b")).toBe("https://bitbucket.org/a/b/commits/abc");
  });
});

describe("exitMeaning", () => {
  it.each([
    [0, "success"],
    [1, "error"],
    [137, "killed"],
    [-9, "killed"],
    [-11, "crashed"],
    [136, "signal"],
    [42, "other"],
  ])("%s is %s", (code, meaning) => {
    expect(exitMeaning(code)).toBe(meaning);
  });
});

describe("reproduceLines", () => {
  const none: RunEnvironment = {
    processes: [],
    git: null,
    packages: [],
    client: null,
    code_files: [],
    diffs: [],
    has_diff: false,
  };

  it("says nothing where nothing is known", () => {
    expect(reproduceLines(none)).toBe("");
  });

  it("fetches the code as it was, installs what was there, runs it", () => {
    const lines = reproduceLines({
      ...none,
      git: { commit: "abc", remote: "https://user:pw@github.com/lab/digits.git", branch: null },
      has_diff: true,
      packages: [{ name: "numpy", version: "2.1" }],
    });
    expect(lines.split("\n")).toEqual([
      "git clone https://github.com/lab/digits && cd digits",
      "git checkout abc",
      "git apply diff.patch",
      "pip install -r /dev/stdin <<'END'",
      "numpy==2.1",
      "END",
    ]);
  });
});
