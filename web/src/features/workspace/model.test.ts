import { describe, expect, it } from "vitest";
import { thinning } from "./model";

describe("thinning", () => {
  it("is null when every point is drawn, else the coarsest ratio", () => {
    expect(thinning([{ exact: true, numRows: 10, numDrawn: 10 }])).toBeNull();
    expect(
      thinning([
        { exact: true, numRows: 10, numDrawn: 10 },
        { exact: false, numRows: 240_000, numDrawn: 1000 },
      ]),
    ).toBe(240);
  });
});
