// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import type { QueryWarning } from "@/api/types";
import { Page } from "../testing/page";
import { RunSearch } from "./run-search";

afterEach(cleanup);

function show(warnings: readonly QueryWarning[] = [], written = "") {
  const onText = vi.fn();
  function Field() {
    const [text, setText] = useState(written);
    onText.mockImplementation(setText);
    return (
      <RunSearch
        project={{ entity: "lab", project: "digits" }}
        text={text}
        onText={onText}
        error={null}
        warnings={warnings}
      />
    );
  }
  render(
    <Page>
      <Field />
    </Page>,
  );
  return {
    onText,
    user: userEvent.setup(),
    field: screen.getByRole<HTMLInputElement>("searchbox"),
  };
}

it("says where a condition cannot be read, and asks nothing", async () => {
  const { onText, user, field } = show();
  await user.type(field, 'stat == "failed" and name ~ "x"');
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("Unknown run field stat; did you mean `state`?");
  expect(alert.querySelector("mark")?.textContent).toBe("stat");
  expect(onText).not.toHaveBeenCalledWith(expect.stringContaining("failed"));
  await user.clear(field);
  await user.type(field, 'state == "failed"');
  await vi.waitFor(() => expect(onText).toHaveBeenLastCalledWith('state == "failed"'));
  expect(screen.queryByRole("alert")).toBeNull();
});

it("completes keys", async () => {
  const { user, field } = show();
  await user.type(field, "cre");
  const option = await screen.findByRole("option", { name: /created_at/ });
  expect(field.getAttribute("aria-controls")).toBe(option.parentElement?.id);
  await user.keyboard("{ArrowDown}");
  expect(field.getAttribute("aria-activedescendant")).toBe(option.id);
  await user.keyboard("{Enter}> -7d and st");
  expect(field.value).toBe("created_at > -7d and st");
  await screen.findByRole("option", { name: /state/ });
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("option")).toBeNull();
  expect(field.value).toBe("created_at > -7d and st");
});

it("says what may not have been meant, and writes what was", async () => {
  const message = "config.lr is a number in all 9 runs that have it; did you mean 0.1?";
  const written = '"😀" in tags and config.lr < "0.1"';
  const warning = { message, position: 28, end: 33, meant: "0.1" };
  const { user, field } = show([warning], written);
  expect((await screen.findByRole("status")).textContent).toContain(message);
  await user.click(screen.getByRole("button", { name: "Write 0.1" }));
  expect(field.value).toBe('"😀" in tags and config.lr < 0.1');
});
