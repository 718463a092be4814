import { expect, it } from "vitest";
import { en } from "@/lib/messages/en";
import { isAt, placesAt } from "./places";

const current = (where: Parameters<typeof placesAt>[0], pathname: string) =>
  placesAt(where, en)
    .filter((place) => isAt(place, pathname))
    .map(({ label }) => label);

it.each([
  [{}, "/", ["Projects"]],
  [{ entity: "lab", project: "a b" }, "/lab/a%20b", ["Workspace"]],
  [{ entity: "lab", project: "a b" }, "/lab/a b/workspace/", ["Workspace"]],
  [{ entity: "lab", project: "x" }, "/lab/x/table", ["Table"]],
  [{ entity: "lab", project: "x" }, "/lab/x/artifacts/model/net/v3/files/a", ["Artifacts"]],
  [{ entity: "lab", project: "x", run: "r" }, "/lab/x/runs/r/artifacts", ["Artifacts"]],
  [{ entity: "lab", project: "x", run: "r" }, "/lab/x/runs/r", ["Charts"]],
  [{ entity: "lab", project: "x", run: "r" }, "/lab/x/runs/r/logs", ["Console"]],
  [{ entity: "lab", project: "50%" }, "/lab/50%25", ["Workspace"]],
])("at %j, %s is %j", (where, pathname, labels) => {
  expect(current(where, pathname)).toEqual(labels);
});
