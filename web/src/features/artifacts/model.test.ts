import { describe, expect, it } from "vitest";
import { firstArtifactCode, groupCollections, metadataLine, readTab, wandbCode } from "./model";
import { someCollection, someVersion } from "./testing/artifacts";

const TYPES = ["dataset", "empty", "model"].map((name) => ({
  name,
  description: "",
  num_collections: 1,
}));
const LISTING = {
  types: TYPES,
  collections: [
    someCollection("digits"),
    someCollection("Shapes"),
    someCollection("net", { type: "model" }),
  ],
};

const names = (search: string) =>
  groupCollections(LISTING, search).map(({ type, collections }) => [
    type,
    ...collections.map(({ name }) => name),
  ]);

describe("collections", () => {
  it("are grouped by type; a type without any is left out", () => {
    expect(names("")).toEqual([
      ["dataset", "digits", "Shapes"],
      ["model", "net"],
    ]);
  });

  it("of types that clients make by themselves come last", () => {
    const types = ["code", "model", "run_table", "wandb-history"].map((name) => ({
      name,
      description: "",
      num_collections: 1,
    }));
    const collections = types.map(({ name }) => someCollection(`a-${name}`, { type: name }));
    const found = groupCollections({ types, collections }, "");
    expect(found.map(({ type }) => type)).toEqual(["model", "code", "run_table", "wandb-history"]);
  });

  it.each([
    ["sHa", [["dataset", "Shapes"]]],
    [" net ", [["model", "net"]]],
    ["data", [["dataset", "digits", "Shapes"]]],
    ["nothing", []],
  ])("searched for %j", (search, found) => {
    expect(names(search)).toEqual(found);
  });
});

it("says how a version is used, whatever its names", () => {
  const code = wandbCode(someVersion(3, { collection: 'a "b"' }));
  expect(code).toContain('project="shapes"');
  expect(code).toContain('"lab/shapes/a \\"b\\":v3"');
  expect(firstArtifactCode({ entity: "lab", project: "shapes" })).toContain('project="shapes"');
});

it.each([
  [{}, ""],
  [{ acc: 0.93, epochs: 3 }, "acc 0.93 · epochs 3"],
  [{ a: { b: 1 }, c: [1], d: null, e: true, f: "x" }, "a {…} · c […] · d null · e true · f x"],
  [{ loss: { $float: "NaN" } }, "loss NaN"],
  [Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, i])), /k7 7$/],
])("metadata %j in a line", (metadata, line) => {
  expect(metadataLine(metadata)).toEqual(
    line instanceof RegExp ? expect.stringMatching(line) : line,
  );
});

it.each([
  ["", { tab: "overview", path: "" }],
  ["lineage", { tab: "lineage", path: "" }],
  ["files", { tab: "files", path: "" }],
  ["files/a/b c.txt", { tab: "files", path: "a/b c.txt" }],
  ["usage", { tab: "overview", path: "" }],
])("%j names a part of the page", (splat, found) => {
  expect(readTab(splat)).toEqual(found);
});
