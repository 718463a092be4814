import { expect, test } from "vitest";
import { readFigure, themedLayout } from "./figure";

const COLOURS = {
  text: "#111",
  muted: "#222",
  grid: "#333",
  line: "#444",
  raised: "#555",
  font: "Inter",
};

test("a figure has data, and a layout or none", () => {
  expect(readFigure('{"data": [{"x": [1]}]}')).toEqual({ data: [{ x: [1] }], layout: {} });
  expect(readFigure('{"data": 3}')).toBeNull();
  expect(readFigure("[1, 2")).toBeNull();
});

test("what the figure says itself stays, its template's ground goes", () => {
  const layout = themedLayout(
    {
      width: 700,
      height: 400,
      title: { text: "t" },
      xaxis: { gridcolor: "red" },
      template: { layout: { paper_bgcolor: "white", colorway: ["#abc"] }, data: { bar: [] } },
    },
    COLOURS,
  );
  expect(layout).not.toHaveProperty("width");
  expect(layout).toMatchObject({
    autosize: true,
    title: { text: "t" },
    xaxis: { gridcolor: "red" },
    template: {
      data: { bar: [] },
      layout: { paper_bgcolor: "rgba(0,0,0,0)", colorway: ["#abc"], yaxis: { gridcolor: "#333" } },
    },
  });
});
