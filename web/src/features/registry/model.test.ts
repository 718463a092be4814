import { describe, expect, it } from "vitest";
import type { RegistryChange, RegistryChangeKind } from "@/api/registry";
import { readNames, readTab, sentence } from "./model";
import { en } from "./words/en";
import { ko } from "./words/ko";
import { zh } from "./words/zh";

const CHANGE: RegistryChange = {
  id: 1,
  registry: "models",
  kind: "alias_moved",
  username: "ada",
  at: "2026-03-01T12:00:00Z",
  collection: "Nets",
  version: 2,
  before: 1,
  alias: "production",
  source: "lab/digits/net:v7",
  member: "bob",
  detail: "viewer",
};

const KINDS: RegistryChangeKind[] = [
  "created",
  "renamed",
  "described",
  "visibility_changed",
  "types_changed",
  "deleted",
  "linked",
  "unlinked",
  "alias_set",
  "alias_moved",
  "alias_removed",
  "alias_protected",
  "alias_unprotected",
  "member_added",
  "member_changed",
  "member_removed",
  "collection_created",
  "collection_changed",
  "collection_deleted",
];

describe("sentence", () => {
  it("tells where an alias went", () => {
    expect(sentence(CHANGE, en)).toBe("moved production of Nets from v1 to v2");
  });

  it("names roles in the interface's language", () => {
    expect(sentence({ ...CHANGE, kind: "member_added" }, en)).toBe("added bob as Viewer");
    expect(sentence({ ...CHANGE, kind: "member_added" }, zh)).toContain("查看者");
  });

  it.each(KINDS)("says %s otherwise in each language", (kind) => {
    const said = [en, ko, zh].map((words) => sentence({ ...CHANGE, kind }, words));
    expect(new Set(said).size).toBe(3);
  });
});

it("reads names between commas, each once", () => {
  expect(readNames(" model, data set ,,model")).toEqual(["model", "data set"]);
  expect(readNames("")).toEqual([]);
});

it("shows collections where the address says nothing known", () => {
  expect([undefined, "x", "changes"].map(readTab)).toEqual([
    "collections",
    "collections",
    "changes",
  ]);
});
