import { afterEach, describe, expect, it, vi } from "vitest";
import { KeyLists, keysOf } from "./keys";

const REF = { entity: "ada", project: "digits" };
const PLAIN = { kind: "number", x: null, hidden: false, better: null } as const;

afterEach(() => vi.unstubAllGlobals());

describe("keysOf", () => {
  it("gives each name the manner that it has", () => {
    const hidden = { ...PLAIN, hidden: true };
    expect(keysOf({ names: ["a", "b"], manners: [PLAIN, hidden], manner_of: [1, 0] })).toEqual([
      { name: "a", ...hidden },
      { name: "b", ...PLAIN },
    ]);
  });

  it("takes them all to be alike where nothing else is said", () => {
    const better = { ...PLAIN, better: "lower" } as const;
    expect(keysOf({ names: ["a"], manners: [better], manner_of: [] })).toEqual([
      { name: "a", ...better },
    ]);
    expect(keysOf({ names: [], manners: [], manner_of: [] })).toEqual([]);
  });
});

describe("lists of keys", () => {
  /** A server whose keys have one ETag until they change. */
  function serve() {
    let [etag, names] = ['W/"1"', ["loss"]];
    const asked = vi.fn(async (path: string, init: RequestInit) => {
      const known = new Headers(init.headers).get("If-None-Match");
      const headers = { ETag: etag };
      if (known === etag) return new Response(null, { status: 304, headers });
      const body = JSON.stringify({ names, manners: [PLAIN], manner_of: [] });
      return new Response(body, { headers: { ...headers, "Content-Type": path } });
    });
    vi.stubGlobal("fetch", asked);
    return {
      asked,
      change: (to: string[]) => {
        etag = `W/"${to.join()}"`;
        names = to;
      },
    };
  }

  it("are the very same while nothing changed, and new ones when it did", async () => {
    const { asked, change } = serve();
    const lists = new KeyLists();
    const first = await lists.load(REF, ["r"], "history");
    expect(await lists.load(REF, ["r"], "history")).toBe(first);
    change(["loss", "accuracy"]);
    const next = await lists.load(REF, ["r"], "history");
    expect(next.map(({ name }) => name)).toEqual(["loss", "accuracy"]);
    expect(asked.mock.calls.map(([path]) => path)).toEqual(
      Array(3).fill("/api/v1/projects/ada/digits/keys/names?run=r"),
    );
  });

  it("are kept apart by runs and streams", async () => {
    const { asked } = serve();
    const lists = new KeyLists();
    const first = await lists.load(REF, [], "history");
    expect(await lists.load(REF, [], "system")).not.toBe(first);
    expect(asked.mock.calls.map(([path]) => path)).toEqual([
      "/api/v1/projects/ada/digits/keys/names",
      "/api/v1/projects/ada/digits/keys/names?stream=system",
    ]);
  });
});
