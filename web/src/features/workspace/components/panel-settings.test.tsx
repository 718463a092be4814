// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { MessagesProvider } from "@/lib/i18n";
import { en } from "@/lib/messages/en";
import { type ChartView, DEFAULT_VIEW, panelView } from "../model";
import { PanelSettings } from "./panel-settings";

afterEach(cleanup);

const PANEL = { key: "loss", stream: "history" } as const;

function setUp() {
  let view: ChartView = { ...DEFAULT_VIEW, yScale: "log" };
  function Page() {
    const [shown, setShown] = useState(view);
    return (
      <MessagesProvider catalogue={en}>
        <PanelSettings
          project={{ entity: "lab", project: "digits" }}
          panel={PANEL}
          runs={[]}
          lines={[]}
          isEnlarged={false}
          view={shown}
          own={panelView(shown, PANEL, "loss")}
          onView={(change) => {
            view = { ...view, ...change };
            setShown(view);
          }}
        />
      </MessagesProvider>
    );
  }
  render(<Page />);
  return { user: userEvent.setup(), own: () => view.panels.get("loss") };
}

describe("the settings of one chart", () => {
  it("follow the page until they say otherwise, and again when they are told to", async () => {
    const { user, own } = setUp();
    const scale = () => screen.getByRole("group", { name: "Y scale" });
    expect(scale().querySelector<HTMLInputElement>(":checked")?.parentElement?.textContent).toBe(
      "As the page",
    );
    await user.click(screen.getAllByRole("radio", { name: "Linear" })[1] ?? scale());
    expect(own()).toEqual({ yScale: "linear" });
    await user.click(screen.getByRole("button", { name: "Back to the page’s settings" }));
    expect(own()).toBeUndefined();
  });

  it("take a range of y once it makes sense, and say when it does not", async () => {
    const { user, own } = setUp();
    const [lo, hi] = [screen.getByLabelText("Smallest y"), screen.getByLabelText("Largest y")];
    await user.type(lo, "0,5");
    expect(own()).toEqual({ y: [0.5, null] });
    await user.type(hi, "0.1");
    expect(screen.getByRole("alert").textContent).toBe(en.chart.badRange);
    expect(own()?.y).not.toEqual([0.5, 0.1]);
    await user.clear(hi);
    await user.type(hi, "2");
    expect(own()).toEqual({ y: [0.5, 2] });
    await user.clear(lo);
    await user.clear(hi);
    expect(own()).toBeUndefined();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
