// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError, UnreachableError } from "@/api/problem";
import { SignInForm } from "@/features/auth/signin-form";
import { chooseLanguage } from "@/lib/language";
import { renderApp } from "./render-app";

beforeEach(() => localStorage.clear());
afterEach(async () => {
  cleanup();
  await chooseLanguage("en");
});

const refused = new ProblemError({ status: 401, code: "wrong-password", title: "", detail: "" });

describe("signing in", () => {
  it("takes an API key, as pasted with space around it", async () => {
    const signIn = vi.fn().mockRejectedValue(refused);
    renderApp(<SignInForm />, { signIn });
    await userEvent.type(screen.getByLabelText("API key", { selector: "[type=password]" }), " k1 ");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(signIn).toHaveBeenCalledWith({ api_key: "k1" });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("was not accepted");
  });

  it("takes a user name and a password, named so that a password manager fills them in", async () => {
    const signIn = vi.fn().mockRejectedValue(refused);
    renderApp(<SignInForm />, { signIn });
    await userEvent.click(screen.getByRole("radio", { name: "Password" }));
    const username = screen.getByLabelText("User name");
    const password = screen.getByLabelText("Password", { selector: "[type=password]" });
    expect(username.getAttribute("autocomplete")).toBe("username");
    expect(password.getAttribute("autocomplete")).toBe("current-password");
    await userEvent.type(username, "ada");
    await userEvent.type(password, "correct horse{Enter}");
    expect(signIn).toHaveBeenCalledWith({ username: "ada", password: "correct horse" });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toBe("The user name or the password is wrong.");
    expect(password.getAttribute("aria-describedby")).toBe(alert.id);
  });

  it("remembers the way", async () => {
    renderApp(<SignInForm />);
    await userEvent.click(screen.getByRole("radio", { name: "Password" }));
    cleanup();
    renderApp(<SignInForm />);
    expect(screen.getByLabelText("User name")).toBeTruthy();
  });

  it("says when nobody answers", async () => {
    renderApp(<SignInForm />, { signIn: () => Promise.reject(new UnreachableError(null)) });
    await userEvent.type(
      screen.getByLabelText("API key", { selector: "[type=password]" }),
      "k{Enter}",
    );
    expect((await screen.findByRole("alert")).textContent).toBe("The server did not answer");
  });

  it("speaks the language that is chosen, and keeps it", async () => {
    renderApp(<SignInForm />);
    await userEvent.click(screen.getByRole("button", { name: "한국어" }));
    expect(await screen.findByRole("heading", { name: "로그인" })).toBeTruthy();
    expect(document.documentElement.lang).toBe("ko");
    await userEvent.click(screen.getByRole("button", { name: "简体中文" }));
    expect(await screen.findByRole("heading", { name: "登录" })).toBeTruthy();
    expect(document.documentElement.lang).toBe("zh-Hans");
    expect(localStorage.getItem("runstone.language")).toBe("zh");
  });
});
