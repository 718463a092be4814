import { describe, expect, it } from "vitest";
import { parseLine, visibleText } from "./ansi";
import { contrast, paintStyle, parseHex } from "./ansi-palette";
import {
  anchorOf,
  contentHeight,
  formatRange,
  isInView,
  isScaled,
  lastTop,
  linesInView,
  MAX_HEIGHT,
  pagesOf,
  parseRange,
  scrollOfTop,
  topOfScroll,
  topShowing,
} from "./window";

const ESC = "\x1b";
const visible = (text: string) => visibleText(parseLine(text));

describe("parseLine", () => {
  it("leaves plain text as it is, any script", () => {
    expect(parseLine("loss 0.5 손실 🚀")).toEqual([{ text: "loss 0.5 손실 🚀", style: null }]);
    expect(parseLine("")).toEqual([]);
  });

  it("reads the sixteen colours, weights and resets", () => {
    const spans = parseLine(`a${ESC}[1;31mb${ESC}[22mc${ESC}[39md${ESC}[94;4me${ESC}[mf`);
    expect(spans.map(({ text, style }) => [text, style?.fg, style?.isBold])).toEqual([
      ["a", undefined, undefined],
      ["b", 1, true],
      ["c", 1, false],
      ["d", undefined, undefined],
      ["e", 12, false],
      ["f", undefined, undefined],
    ]);
    expect(spans[4]?.style?.isUnderlined).toBe(true);
  });

  it("reads the palette of 256 and true colour, with semicolons and with colons", () => {
    const fg = (codes: string) => parseLine(`${ESC}[${codes}mx`)[0]?.style?.fg;
    expect(fg("38;5;208")).toBe(208);
    expect(fg("38;2;1;2;255")).toBe("#0102ff");
    expect(fg("38:2::1:2:255")).toBe("#0102ff");
    expect(fg("38:5:9")).toBe(9);
    expect(parseLine(`${ESC}[48;5;22;1mx`)[0]?.style).toMatchObject({ bg: 22, isBold: true });
  });

  it("plays carriage returns, backspaces, erasing and tabs", () => {
    expect(visible("10%\r50%\r100%")).toBe("100%");
    expect(visible("abcdef\rXY")).toBe("XYcdef");
    expect(visible(`abcdef\r${ESC}[KXY`)).toBe("XY");
    expect(visible("abc\b\bX")).toBe("aXc");
    expect(visible("a\tb")).toBe("a       b");
    expect(visible(`a${ESC}[5Cb${ESC}[1Gz`)).toBe("z     b");
    expect(visible(`abc${ESC}[2Kd`)).toBe("   d");
    expect(visible("epoch 1\r")).toBe("epoch 1");
  });

  it("leaves out what no line can show", () => {
    expect(visible(`${ESC}]0;title\x07a${ESC}[2Ab${ESC}(Bc\x00\x07`)).toBe("abc");
    expect(visible(`${ESC}]8;;https://x.org${ESC}\\link${ESC}]8;;${ESC}\\`)).toBe("link");
    expect(visible(`cut${ESC}`)).toBe("cut");
    expect(visible(`far${ESC}[999999999Cx`)).toHaveLength(10_001);
  });
});

describe("paintStyle", () => {
  const style = (codes: string) => {
    const found = parseLine(`\x1b[${codes}mx`)[0]?.style;
    if (!found) throw new Error(`${codes} is plain`);
    return found;
  };
  const grounds = { light: "#ffffff", dark: "#15181b" };

  it.each(["light", "dark"] as const)("is readable on the %s ground", (theme) => {
    for (let colour = 0; colour < 256; colour++) {
      const { color = "" } = paintStyle(style(`38;5;${colour}`), theme);
      const got = contrast(parseHex(color), parseHex(grounds[theme]));
      expect(got, `${colour} is ${color}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(["light", "dark"] as const)("is readable on grounds of its own, %s", (theme) => {
    for (let colour = 0; colour < 256; colour++) {
      for (const codes of [`48;5;${colour}`, `7;38;5;${colour}`, `31;48;5;${colour}`]) {
        const { color = "", backgroundColor = "" } = paintStyle(style(codes), theme);
        const got = contrast(parseHex(color), parseHex(backgroundColor));
        expect(got, codes).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("keeps colours that can be read as they are", () => {
    expect(paintStyle(style("38;2;200;0;0"), "light")).toEqual({ color: "#c80000" });
  });
});

describe("the window", () => {
  const view = (numLines: number, height = 600, rowHeight = 18) => ({
    numLines,
    height,
    rowHeight,
  });
  const large = view(5_000_000);

  it.each([view(1000), view(600_000), large, view(900, 600, 31)])(
    "maps the scroll bar to lines and back: $numLines lines",
    (viewport) => {
      const range = contentHeight(viewport) - viewport.height;
      expect(topOfScroll(0, viewport)).toBe(0);
      expect(topOfScroll(range, viewport)).toBe(lastTop(viewport));
      const middle = topOfScroll(range / 2, viewport);
      expect(scrollOfTop(middle, viewport)).toBeCloseTo(range / 2, 3);
    },
  );

  it("stays below what browsers can hold", () => {
    expect(contentHeight(large)).toBe(MAX_HEIGHT);
    expect(isScaled(large)).toBe(true);
    expect(isScaled(view(600_000))).toBe(false);
  });

  it("has nothing to scroll where all fits", () => {
    expect(lastTop(view(30))).toBe(0);
    expect(contentHeight(view(30))).toBe(600);
    expect(linesInView(0, view(30))).toEqual({ first: 0, end: 30 });
  });

  it("shows the very last line at the end, at the bottom", () => {
    const top = lastTop(large);
    expect(linesInView(top, large).end).toBe(large.numLines);
    expect(anchorOf(top, large)).toEqual({ line: large.numLines, y: 600 });
  });

  it("anchors as plain scrolling does where lines are of one height", () => {
    const viewport = view(1000);
    for (const top of [0, 1, 123.4, 900]) {
      const { line, y } = anchorOf(top, viewport);
      expect(line - y / 18).toBeCloseTo(top, 6);
    }
  });

  it("draws enough lines above and below, however few of them are tall", () => {
    const viewport = view(1000, 600, 60);
    const top = lastTop(viewport) / 2;
    const { first, end } = linesInView(top, viewport);
    expect(500 - first).toBeGreaterThanOrEqual(300 / 18);
    expect(end - 500).toBeGreaterThanOrEqual(300 / 18);
  });

  it("knows the pages of lines", () => {
    expect(pagesOf(0, 0)).toEqual([]);
    expect(pagesOf(0, 200)).toEqual([0]);
    expect(pagesOf(199, 201)).toEqual([0, 1]);
  });

  it("brings a line into the middle", () => {
    const viewport = view(1000, 180);
    expect(topShowing(500, viewport)).toBe(495.5);
    expect(topShowing(2, viewport)).toBe(0);
    expect(topShowing(999, viewport)).toBe(lastTop(viewport));
    expect(isInView(500, 495.5, viewport)).toBe(true);
    expect(isInView(505, 495.5, viewport)).toBe(false);
  });
});

describe("ranges of lines in addresses", () => {
  it.each([
    ["120", { first: 119, last: 119 }],
    ["L120", { first: 119, last: 119 }],
    ["140-120", { first: 119, last: 139 }],
    ["L1-L3", { first: 0, last: 2 }],
    ["0", null],
    ["x", null],
    [undefined, null],
  ])("%s", (text, range) => {
    expect(parseRange(text)).toEqual(range);
  });

  it("are written as they are read", () => {
    expect(formatRange({ first: 119, last: 139 })).toBe("120-140");
    expect(formatRange({ first: 0, last: 0 })).toBe("1");
  });
});
