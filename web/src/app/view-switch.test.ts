// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import { searchOfView } from "./pages/view-switch";

const ref = { entity: "lab", project: "walk" };

beforeEach(() => localStorage.clear());

it("takes along what was looked for, and leaves behind what only the one page has", () => {
  const charts = { q: "deep", sort: "-loss", hide: "a", cols: "lr", smooth: "0.6", panel: "loss" };
  expect(searchOfView("table", ref, charts)).toEqual({ q: "deep", sort: "-loss", hide: "a" });
});

it("finds the other page as it was left, but for what was changed here since", () => {
  const left = { sort: "created_at", smooth: "0.6", cols: "lr" };
  localStorage.setItem("runstone.view.workspace.lab/walk", JSON.stringify(left));
  const table = { q: "deep", cols: "state,loss" };
  expect(searchOfView("workspace", ref, table)).toEqual({ q: "deep", smooth: "0.6", cols: "lr" });
  expect(searchOfView("workspace", { ...ref, project: "other" }, table)).toEqual({ q: "deep" });
});
