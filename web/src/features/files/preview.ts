/** What of a file is shown, and how. Pure. */
import type { RunFile } from "@/api/files";
import { readSpecialFloat } from "@/lib/float";

export type View =
  | "text"
  | "diff"
  | "tree"
  | "table"
  | "image"
  | "page"
  | "sound"
  | "film"
  | "plotly";

/** How a file may be looked at, the best first; none: only its facts are shown. */
export function viewsOf({ name, preview, size_bytes }: RunFile): readonly View[] {
  switch (preview) {
    case "text":
    case "code":
      return /\.(patch|diff)$/.test(name) && size_bytes <= MAX_TEXT ? ["diff", "text"] : ["text"];
    case "json":
      return size_bytes <= MAX_TREE ? ["tree", "text"] : ["text"];
    case "table":
      return name.endsWith(".table.json") && size_bytes > MAX_TREE ? ["table"] : ["table", "text"];
    case "image":
      return ["image"];
    case "svg":
    case "html":
      return ["page", "text"];
    case "audio":
      return ["sound"];
    case "video":
      return ["film"];
    case "plotly":
      return size_bytes <= MAX_TREE ? ["plotly", "tree", "text"] : ["text"];
    case "object3d":
      return name.endsWith(".json") && size_bytes <= MAX_TREE ? ["tree", "text"] : ["text"];
    case "molecule":
    case "none":
      return ["text"];
  }
}

/** Larger JSON is shown as text, in part. */
export const MAX_TREE = 8 * 2 ** 20;
/** Of text, this much is loaded. */
export const MAX_TEXT = 2 * 2 ** 20;

/** Text as it is; null for what is no text. A character cut in two at the end is left out. */
export function readText(bytes: Uint8Array, isWhole: boolean): string | null {
  if (bytes.subarray(0, 8_192).includes(0)) return null;
  const decoder = new TextDecoder("utf-8");
  const text = decoder.decode(bytes, { stream: !isWhole });
  // Latin-1 and its like have a stray byte here and there; a binary file has many.
  const broken = text.slice(0, 8_192).match(/\uFFFD/g)?.length ?? 0;
  return broken > 64 ? null : text;
}

/** undefined where it is no JSON. Python's NaN and Infinity are read, as the client writes them. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return readPythonJson(text);
  }
}

const PYTHON_NUMBERS = /("(?:[^"\\]|\\.)*")|-?\bInfinity\b|\bNaN\b/g;

function readPythonJson(text: string): unknown {
  try {
    const plain = text.replace(PYTHON_NUMBERS, (found, string) => {
      return string ?? `{"$float": "${found}"}`;
    });
    return JSON.parse(plain, (_, value) => readSpecialFloat(value) ?? value);
  } catch {
    return undefined;
  }
}
