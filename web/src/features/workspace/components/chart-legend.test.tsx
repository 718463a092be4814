// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LineSeries } from "@/charts/line/types";
import { PointerBus, PointerBusContext } from "@/charts/pointer-bus";
import { MessagesProvider } from "@/lib/i18n";
import { en } from "@/lib/messages/en";
import { ChartLegend } from "./chart-legend";

afterEach(cleanup);
// Nothing is laid out here: rows in view need a height to be in view of.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(300);
});
afterEach(() => void vi.restoreAllMocks());

function line(name: string, ...y: number[]): LineSeries {
  const x = Float64Array.from(y, (_, i) => i * 10);
  const data = {
    exact: true,
    numRows: y.length,
    x,
    y: Float64Array.from(y),
    smooth: null,
  } as const;
  return { id: `id-${name}`, name, color: "#4477aa", dash: [], data };
}

function setUp(lines: LineSeries[], isTable = false) {
  const bus = new PointerBus();
  const [onHide, onSolo] = [vi.fn(), vi.fn()];
  render(
    <MessagesProvider catalogue={en}>
      <PointerBusContext value={bus}>
        <ChartLegend
          lines={lines}
          xKind="step"
          xKey={null}
          xScale="linear"
          zoom={null}
          isTable={isTable}
          onHide={onHide}
          onSolo={onSolo}
        />
      </PointerBusContext>
    </MessagesProvider>,
  );
  const rows = () => screen.queryAllByTestId("legend-row").map((row) => row.textContent);
  return { bus, onHide, onSolo, rows, user: userEvent.setup() };
}

describe("the legend of a chart", () => {
  it("stands in the order of the line ends; what ends on no number is last", () => {
    const { rows } = setUp([line("low", 5, 1), line("odd", Number.NaN), line("high", 0, 2)]);
    expect(rows().map((row) => row?.replace(/\d.*/, ""))).toEqual(["high", "low", "odd\u2003·"]);
  });

  it("hides a run, leaves one alone, and brings the one under the pointer forward", async () => {
    const { user, bus, onHide, onSolo } = setUp([line("a", 1), line("b", 2)]);
    await user.hover(screen.getByText("a"));
    expect(bus.highlightedRun()).toBe("id-a");
    await user.click(screen.getByRole("button", { name: "Hide a" }));
    expect(onHide).toHaveBeenCalledWith("id-a");
    await user.click(screen.getByTitle("Show b alone"));
    expect(onSolo).toHaveBeenCalledWith("id-b");
  });

  it("finds a run by name among many", async () => {
    const many = Array.from({ length: 1000 }, (_, i) => line(`run-${i}`, i));
    const { user, rows } = setUp(many);
    expect(rows().length).toBeLessThan(50);
    await user.type(screen.getByRole("searchbox", { name: "Find a run" }), "run-777");
    expect(rows()).toEqual(["run-777777"]);
    await user.type(screen.getByRole("searchbox"), "x");
    expect(screen.getByText("No run is called “run-777x”.")).toBeTruthy();
  });

  it("shows, as a table, the values at the crosshair of charts over the same x", async () => {
    const { bus, rows } = setUp([line("a", 1, 4, 3)], true);
    expect(rows()).toEqual(["a\u2003·143"]);
    bus.moveTo({ x: 11, axis: "step", source: Symbol("other") });
    await vi.waitFor(() => expect(rows()).toEqual(["a4143"]));
    bus.moveTo({ x: 11, axis: "time", source: Symbol("other") });
    await vi.waitFor(() => expect(rows()).toEqual(["a\u2003·143"]));
  });
});
