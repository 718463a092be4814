import { expect, test } from "vitest";
import { paintMask, readBoxes, rgb } from "./overlays";

test("boxes are read in parts of the picture and in pixels, by edges and by middle", () => {
  const { boxes, classLabels } = readBoxes(
    {
      box_data: [
        {
          position: { minX: 0.1, maxX: 0.5, minY: 0.2, maxY: 0.6 },
          class_id: 1,
          box_caption: "road",
          scores: { iou: 0.75, odd: "x" },
        },
        { position: { minX: 10, maxX: 50, minY: 0, maxY: 100 }, domain: "pixel", class_id: 2 },
        { position: { middle: [0.5, 0.5], width: 0.5, height: 0.25 }, class_id: 2 },
        { position: "nowhere" },
        null,
      ],
      class_labels: { 1: "road" },
    },
    { width: 100, height: 200 },
  );
  expect(boxes.map(({ left, top, width, height }) => [left, top, width, height])).toEqual([
    [0.1, 0.2, 0.4, 0.39999999999999997],
    [0.1, 0, 0.4, 0.5],
    [0.25, 0.375, 0.5, 0.25],
  ]);
  expect(boxes[0]).toMatchObject({ classId: "1", caption: "road", scores: [["iou", 0.75]] });
  expect(classLabels).toEqual({ 1: "road" });
  expect(readBoxes("nonsense", { width: 1, height: 1 }).boxes).toEqual([]);
});

test("a mask is painted by class; hidden classes are clear", () => {
  const pixels = new Uint8ClampedArray([0, 0, 0, 255, 1, 1, 1, 255, 1, 1, 1, 255]);
  const found = paintMask(pixels, (id) => (id === 1 ? rgb("#ff8000") : null));
  expect(found).toEqual(new Set([0, 1]));
  expect([...pixels]).toEqual([0, 0, 0, 0, 255, 128, 0, 120, 255, 128, 0, 120]);
});
