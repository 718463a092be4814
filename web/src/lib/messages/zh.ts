/** Simplified Chinese. Loaded only where it is read. */
import type { Catalogue } from "./en";
import { account, app, errors, keyboard, live, states, theme, time } from "./zh/app";
import { apiKeys, signIn } from "./zh/auth";
import { chart, workspace } from "./zh/charts";
import { console } from "./zh/console";
import { projects } from "./zh/projects";
import { run } from "./zh/run";
import { runs } from "./zh/runs";
import { sections } from "./zh/sections";

export const zh: Catalogue = {
  app,
  live,
  theme,
  account,
  errors,
  time,
  keyboard,
  states,
  signIn,
  apiKeys,
  projects,
  runs,
  run,
  console,
  workspace,
  chart,
  sections,
};
