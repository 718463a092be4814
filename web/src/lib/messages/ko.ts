/** Korean. Loaded only where it is read. */
import type { Catalogue } from "./en";
import { account, app, errors, keyboard, live, states, theme, time } from "./ko/app";
import { apiKeys, signIn } from "./ko/auth";
import { chart, workspace } from "./ko/charts";
import { console } from "./ko/console";
import { projects } from "./ko/projects";
import { run } from "./ko/run";
import { runs } from "./ko/runs";
import { sections } from "./ko/sections";

export const ko: Catalogue = {
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
