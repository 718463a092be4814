// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { MetricKey } from "@/api/types";
import { MessagesProvider } from "@/lib/i18n";
import { en } from "@/lib/messages/en";
import { type ChartView, DEFAULT_VIEW } from "../model";
import { Toolbar } from "./toolbar";

afterEach(cleanup);

const key = (name: string, x: string | null = null): MetricKey => ({
  name,
  kind: "number",
  x,
  hidden: false,
  better: null,
});

function setUp(initial: Partial<ChartView> = {}) {
  const onView = vi.fn();
  let view: ChartView = { ...DEFAULT_VIEW, ...initial };
  function Page() {
    const [shown, setShown] = useState(view);
    return (
      <MessagesProvider catalogue={en}>
        <Toolbar
          view={shown}
          search=""
          keys={[key("loss"), key("val/loss", "epoch"), key("epoch")]}
          onSearch={() => {}}
          onView={(change) => {
            onView(change);
            view = { ...view, ...change };
            setShown(view);
          }}
        />
      </MessagesProvider>
    );
  }
  render(<Page />);
  return { onView, user: userEvent.setup(), current: () => view };
}

describe("the toolbar of charts", () => {
  it("smooths by a slider, and says so", async () => {
    const { current } = setUp();
    const slider = screen.getByRole("slider", { name: "Smoothing amount" });
    fireEvent.change(slider, { target: { value: "0.02" } });
    await vi.waitFor(() => expect(current().smoothing).toEqual({ kind: "time_ema", amount: 0.02 }));
    expect(screen.getByRole("button", { name: "Kind of smoothing: 0.02" })).toBeTruthy();
    fireEvent.change(slider, { target: { value: "0" } });
    await vi.waitFor(() => expect(current().smoothing).toBeNull());
  });

  it("offers four kinds, each with an amount that is usual for it", async () => {
    const { user, current } = setUp({ smoothing: { kind: "ema", amount: 0.9 } });
    await user.click(screen.getByRole("button", { name: /^Kind of smoothing/ }));
    const chosen = screen.getByRole("menuitemcheckbox", { name: "Exponential average" });
    expect(chosen.getAttribute("aria-checked")).toBe("true");
    await user.click(screen.getByRole("menuitemcheckbox", { name: "Running mean" }));
    expect(current().smoothing).toEqual({ kind: "mean", amount: 10 });
  });

  it("draws over any metric, those that were defined as an x first, and drops the zoom", async () => {
    const { user, current } = setUp({ zoom: { x: DEFAULT_VIEW.x, range: [1, 2] } });
    await user.click(screen.getByRole("button", { name: /^X axis/ }));
    const names = screen.getAllByRole("button", { pressed: false }).map((b) => b.title);
    expect(names).toEqual(["Relative time", "Wall time", "epoch", "loss", "val/loss"]);
    await user.type(screen.getByRole("searchbox", { name: "Any metric" }), "val");
    expect(screen.queryByRole("button", { name: "epoch" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "val/loss" }));
    expect(current()).toMatchObject({ x: { key: "val/loss" }, zoom: null });
  });

  it("has logarithmic axes and outliers behind one button", async () => {
    const { user, current } = setUp();
    await user.click(screen.getByRole("button", { name: "Axes" }));
    await user.click(screen.getByRole("switch", { name: "Log y" }));
    await user.click(screen.getByRole("switch", { name: "Ignore outliers" }));
    expect(current()).toMatchObject({ xScale: "linear", yScale: "log", ignoreOutliers: true });
  });

  it("offers to reset a zoom only where there is one", async () => {
    const { user, onView } = setUp({ zoom: { x: DEFAULT_VIEW.x, range: [1, 2] } });
    await user.click(screen.getByRole("button", { name: "Reset zoom" }));
    expect(onView).toHaveBeenLastCalledWith({ panels: new Map(), zoom: null });
    expect(screen.queryByRole("button", { name: "Reset zoom" })).toBeNull();
  });
});
