/** Boxes and masks over a picture. Pure. */

export interface Box {
  /** Parts of the picture's width and height. */
  left: number;
  top: number;
  width: number;
  height: number;
  classId: string;
  caption: string;
  scores: [name: string, value: number][];
}

export interface BoxGroup {
  boxes: Box[];
  classLabels: Record<string, string>;
}

/** From the JSON of a boxes file; what is no box is passed over. */
export function readBoxes(json: unknown, size: { width: number; height: number }): BoxGroup {
  if (!isRecord(json)) return { boxes: [], classLabels: {} };
  const data = Array.isArray(json.box_data) ? json.box_data : [];
  return {
    boxes: data.flatMap((box) => readBox(box, size) ?? []),
    classLabels: readLabels(json.class_labels),
  };
}

export function readLabels(labels: unknown): Record<string, string> {
  if (!isRecord(labels)) return {};
  return Object.fromEntries(Object.entries(labels).map(([id, label]) => [id, String(label)]));
}

function readBox(box: unknown, { width, height }: { width: number; height: number }): Box | null {
  if (!isRecord(box) || !isRecord(box.position)) return null;
  const inPixels = box.domain === "pixel";
  const [w, h] = inPixels ? [width, height] : [1, 1];
  const { minX, maxX, minY, maxY, middle, width: wide, height: high } = box.position;
  const edges = [minX, maxX, minY, maxY].map(Number);
  const [left = 0, right = 0, top = 0, bottom = 0] =
    Array.isArray(middle) && edges.some(Number.isNaN)
      ? aroundMiddle(Number(middle[0]), Number(middle[1]), Number(wide), Number(high))
      : edges;
  if (![left, right, top, bottom].every(Number.isFinite)) return null;
  return {
    left: left / w,
    top: top / h,
    width: (right - left) / w,
    height: (bottom - top) / h,
    classId: String(box.class_id ?? ""),
    caption: typeof box.box_caption === "string" ? box.box_caption : "",
    scores: isRecord(box.scores)
      ? Object.entries(box.scores).flatMap(([name, value]): [string, number][] =>
          typeof value === "number" ? [[name, value]] : [],
        )
      : [],
  };
}

function aroundMiddle(x: number, y: number, width: number, height: number): number[] {
  return [x - width / 2, x + width / 2, y - height / 2, y + height / 2];
}

/** The picture below has to be seen through it. */
const MASK_ALPHA = 120;

/**
 * Colours a mask: its pixels are numbers of classes.
 *
 * @param pixels RGBA, as a canvas gives them; the number is in the red channel.
 * @param colourOf RGB of a class; null leaves its pixels clear.
 * @returns The classes that occur.
 */
export function paintMask(
  pixels: Uint8ClampedArray,
  colourOf: (classId: number) => readonly [number, number, number] | null,
): Set<number> {
  const found = new Set<number>();
  const colours = Array.from({ length: 256 }, (_, id) => colourOf(id));
  for (let i = 0; i < pixels.length; i += 4) {
    const id = pixels[i] ?? 0;
    found.add(id);
    const colour = colours[id];
    if (colour) {
      pixels[i] = colour[0];
      pixels[i + 1] = colour[1];
      pixels[i + 2] = colour[2];
    }
    pixels[i + 3] = colour ? MASK_ALPHA : 0;
  }
  return found;
}

/** `#rrggbb` as numbers. */
export function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
